/** 值班表: a week of shifts by person and by day, and what its forms choose from. */
import { dispatch, ok } from '@/api/client'
import type { components } from '@/api/schema/dispatch'
import { clock, day } from '@/ui/time'

export type Shift = components['schemas']['ShiftView']
export type Away = components['schemas']['AwayView']
export interface Place {
  kind: 'unit' | 'grid'
  code: string
}
export interface Person {
  login: string
  name: string
  days: Shift[][]
}
export const WEEK = 7
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const
const DAY_MS = 86_400_000
const SOME = 50

/** `n` days after a YYYY-MM-DD. */
export function plusDays(date: string, n: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10)
}

/** 1 Monday … 7 Sunday. */
export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || WEEK
}

/** The Monday of the week in which the day lies. */
export const mondayOf = (date: string) => plusDays(date, 1 - weekday(date))

/** The days of the week that begins then. */
export const weekOf = (monday: string) => WEEKDAYS.map((n) => plusDays(monday, n - 1))

/** Where a week shows a shift: on the day it begins, or on the week's first where it began before. */
export function placeOf(shift: Shift, days: readonly string[]): number {
  const begins = day(shift.starts_at)
  return begins < (days[0] as string) ? 0 : days.indexOf(begins)
}

/** The people of a week by name, each with the shifts of each day. */
export function peopleOf(shifts: readonly Shift[], days: readonly string[]): Person[] {
  const found = new Map<string, Person>()
  for (const shift of shifts) {
    const person = found.get(shift.login) ?? { login: shift.login, name: shift.name, days: days.map(() => []) }
    found.set(shift.login, person)
    person.days[placeOf(shift, days)]?.push(shift)
  }
  return [...found.values()].sort((one, other) => one.name.localeCompare(other.name, 'zh-CN'))
}

/**
 * How a shift's hours read in a week that begins on `first`: one from before says its day. `later`: how many days after
 * the day it is shown on it ends; midnight is still the day's own 24:00.
 */
export function hoursOf(shift: { starts_at: string; ends_at: string }, first = '') {
  const begins = day(shift.starts_at)
  const before = begins < first
  const later = (Date.parse(day(shift.ends_at)) - Date.parse(before ? first : begins)) / DAY_MS
  const from = before ? `${begins.slice(5)} ${clock(shift.starts_at)}` : clock(shift.starts_at)
  const to = clock(shift.ends_at)
  return later && to === '00:00' ? { from, to: '24:00', later: later - 1 } : { from, to, later }
}

/** Who is away at some time of the shift, of those that have it. */
export const awayOf = (shift: Shift, away: readonly Away[]) =>
  away.find(
    (one) =>
      one.login === (shift.substitute_login ?? shift.login) &&
      Date.parse(one.starts_at) < Date.parse(shift.ends_at) &&
      Date.parse(one.ends_at) > Date.parse(shift.starts_at),
  )

const offer = (one: { login: string; name: string }) => ({ value: one.login, label: `${one.name}（${one.login}）` })

/** People of a place, of those beside a person, or of all whose leave one enters. */
export const findPeople = (of: { unit?: string; grid?: string; beside?: string }) => async (words: string) => {
  const page = await ok(dispatch.GET('/duty/people', { params: { query: { ...of, words, limit: SOME } } }))
  return { items: page.items.map(offer), more: page.next !== null }
}

export async function findUnits(words: string) {
  const page = await ok(dispatch.GET('/duty/units', { params: { query: { words, limit: SOME } } }))
  return {
    items: page.items.map((one) => ({ value: one.code, label: `${one.name} ${one.code}` })),
    more: page.next !== null,
  }
}

export async function findGrids(words: string) {
  const page = await ok(dispatch.GET('/grids', { params: { query: { words, limit: SOME } } }))
  return {
    items: page.items.map((one) => ({ value: one.code, label: `${one.name} ${one.code}` })),
    more: page.next !== null,
  }
}

/** The place as the people's picker asks for it. */
export const askedOf = (place: Place) => ({ [place.kind]: place.code })
