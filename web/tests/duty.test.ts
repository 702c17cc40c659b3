import { describe, expect, test } from 'vitest'
import { awayOf, hoursOf, mondayOf, peopleOf, plusDays, weekday, weekOf, type Shift } from '@/pages/admin/duty/duty'

const shift = (starts_at: string, ends_at: string, more: Partial<Shift> = {}): Shift => ({
  id: 1,
  login: 'one',
  name: '甲',
  substitute: null,
  substitute_login: null,
  starts_at,
  ends_at,
  over: false,
  ...more,
})

describe('a week of duty', () => {
  test.each([
    ['2026-11-23', '2026-11-23'],
    ['2026-11-29', '2026-11-23'],
    ['2027-01-01', '2026-12-28'],
  ])('%s lies in the week from %s', (date, monday) => {
    expect(mondayOf(date)).toBe(monday)
    expect(weekday(monday)).toBe(1)
  })

  test('goes over the end of a month', () => {
    expect(weekOf('2026-11-30')).toEqual([
      ...['2026-11-30', '2026-12-01', '2026-12-02', '2026-12-03'],
      ...['2026-12-04', '2026-12-05', '2026-12-06'],
    ])
    expect(plusDays('2028-02-28', 1)).toBe('2028-02-29')
  })

  test('has a shift on the day it begins in Shanghai, one from before on its first day', () => {
    const shifts = [
      shift('2026-11-22T10:00:00Z', '2026-11-22T20:00:00Z', { id: 1 }),
      shift('2026-11-24T17:00:00Z', '2026-11-24T20:00:00Z', { id: 2 }),
      shift('2026-11-29T01:00:00Z', '2026-11-30T01:00:00Z', { id: 3, login: 'two', name: '乙' }),
    ]
    const [one, two] = peopleOf(shifts, weekOf('2026-11-23'))
    expect(one?.days.map((day) => day.map(({ id }) => id))).toEqual([[1], [], [2], [], [], [], []])
    expect(two?.days.map((day) => day.map(({ id }) => id))).toEqual([[], [], [], [], [], [], [3]])
  })
})

describe('a shift', () => {
  test.each([
    ['2026-11-23T01:00:00Z', '2026-11-23T09:30:00Z', { from: '09:00', to: '17:30', later: 0 }],
    ['2026-11-23T14:00:00Z', '2026-11-24T00:00:00Z', { from: '22:00', to: '08:00', later: 1 }],
    ['2026-11-23T14:00:00Z', '2026-11-23T16:00:00Z', { from: '22:00', to: '24:00', later: 0 }],
  ])('from %s to %s says whose day its end is', (starts_at, ends_at, read) => {
    expect(hoursOf({ starts_at, ends_at })).toEqual(read)
  })

  test('from before the week says its day', () => {
    const night = { starts_at: '2026-11-22T14:00:00Z', ends_at: '2026-11-23T00:00:00Z' }
    expect(hoursOf(night, '2026-11-23')).toEqual({ from: '11-22 22:00', to: '08:00', later: 0 })
  })

  test('tells that who has it is away', () => {
    const away = [
      {
        login: 'one',
        name: '甲',
        substitute: null,
        starts_at: '2026-11-23T05:00:00Z',
        ends_at: '2026-11-23T06:00:00Z',
      },
    ]
    const mine = shift('2026-11-23T01:00:00Z', '2026-11-23T09:00:00Z')
    expect(awayOf(mine, away)).toBe(away[0])
    expect(awayOf({ ...mine, starts_at: '2026-11-23T06:00:00Z' }, away)).toBeUndefined()
    expect(awayOf({ ...mine, substitute: '乙', substitute_login: 'two' }, away)).toBeUndefined()
  })
})
