/** 放假安排 as the form has it: one span or day a line; a list of days may be read from a file. */
import type { components } from '@/api/schema/dispatch'

export type YearView = components['schemas']['YearView']
export type NoticeView = components['schemas']['NoticeView']
export type HolidaysForm = Omit<components['schemas']['HolidaysTrialForm'], 'after' | 'limit'>
export type Policy = HolidaysForm['policy']

export interface Typed extends Record<string, unknown> {
  source: string
  rest: string
  work: string
  policy: NonNullable<Policy>
  why: string
}

/** What a form begins with: the notice that holds, or nothing. */
export function typedOf(notice?: NoticeView): Typed {
  return {
    source: notice?.source ?? '',
    rest: (notice?.rest ?? []).join('\n'),
    work: (notice?.work ?? []).join('\n'),
    policy: 'KEEP',
    why: '',
  }
}

const linesOf = (text: string) => text.split(/[\n、，,;；]/).flatMap((line) => line.trim() || [])

export function formOf(area: string, year: number, typed: Typed): HolidaysForm {
  const { source, policy } = typed
  return { area, year, source: source.trim(), rest: linesOf(typed.rest), work: linesOf(typed.work), policy }
}

const DAY = /\d{4}-\d{2}-\d{2}/g
const WORKED = /班|work/i
const RESTED = /休|假|rest|holiday/i

/** A file's lines, such as `2027-02-05..2027-02-11,放假` and `2027-02-20,上班`. `wrong`: lines that say neither. */
export function readList(text: string): { rest: string[]; work: string[]; wrong: string[] } {
  const found = { rest: [] as string[], work: [] as string[], wrong: [] as string[] }
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const said = line.replace(/#.*/, '').trim()
    const days = said.match(DAY) ?? []
    const kind = WORKED.test(said) ? 'work' : RESTED.test(said) ? 'rest' : undefined
    if (!days.length && (!said || kind || /日期|date/i.test(said))) continue
    if (!kind || !days.length || days.length > 2) found.wrong.push(said)
    else found[kind].push(days.join('..'))
  }
  return found
}

/** The months of a year, each a list of weeks from Monday; null where a week's day is another month's. */
export function weeksOf(days: YearView['days']): (YearView['days'][number] | null)[][][] {
  return Array.from({ length: 12 }, (_, month) => {
    const own = days.filter((one) => Number(one.day.slice(5, 7)) === month + 1)
    const first = own[0] ? (new Date(`${own[0].day}T00:00Z`).getUTCDay() + 6) % 7 : 0
    const cells = [...Array<null>(first).fill(null), ...own]
    const whole = [...cells, ...Array<null>((7 - (cells.length % 7)) % 7).fill(null)]
    return Array.from({ length: whole.length / 7 }, (_, week) => whole.slice(week * 7, week * 7 + 7))
  })
}
