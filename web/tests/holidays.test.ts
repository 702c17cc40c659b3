import { describe, expect, it } from 'vitest'
import { formOf, readList, typedOf, weeksOf } from '@/pages/admin/calendars/holidays'

describe('放假安排', () => {
  it('reads a list of days from a file, and names the lines that it does not understand', () => {
    const text =
      '\uFEFF日期,类型\r\n2027-02-05..2027-02-11,放假\n2027-02-20,上班 # 周六\n2027-10-01 至 2027-10-07 休\n2027-05-01\n'
    expect(readList(text)).toEqual({
      rest: ['2027-02-05..2027-02-11', '2027-10-01..2027-10-07'],
      work: ['2027-02-20'],
      wrong: ['2027-05-01'],
    })
  })

  it('sends a line for each span, and nothing for an empty one', () => {
    const typed = { ...typedOf(), source: ' 通知 ', rest: '2027-01-01..2027-01-03\n\n 2027-04-05 ', work: '' }
    expect(formOf('cn', 2027, typed)).toMatchObject({
      source: '通知',
      rest: ['2027-01-01..2027-01-03', '2027-04-05'],
      work: [],
    })
  })

  it('puts every day of the year under its weekday', () => {
    const days = Array.from({ length: 365 }, (_, n) => ({
      day: new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10),
      kind: 'WORK' as const,
      announced: true,
    }))
    const months = weeksOf(days)
    expect(months).toHaveLength(12)
    expect(months.flat(2).filter(Boolean)).toHaveLength(365)
    expect(months[0]?.[0]?.map((one) => one?.day.slice(8) ?? '')).toEqual(['', '', '', '01', '02', '03', '04'])
    expect(months.flat().every((week) => week.length === 7)).toBe(true)
  })
})
