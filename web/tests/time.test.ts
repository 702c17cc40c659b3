import { beforeAll, expect, test } from 'vitest'
import { loadTexts } from '@/ui/texts'
import { dateTime, day, span } from '@/ui/time'

beforeAll(async () => {
  localStorage.setItem('gridcall.language', 'zh-CN')
  await loadTexts('common')
})

test.each([
  ['2026-11-22T16:30:00Z', '2026-11-23 00:30'], // midnight in Shanghai is 16:00 UTC
  ['2026-11-23T01:05:00Z', '2026-11-23 09:05'],
])('%s is shown as Shanghai has it: %s', (moment, shown) => {
  expect(dateTime(moment)).toBe(shown)
  expect(day(moment)).toBe(shown.slice(0, 10))
})

test.each([
  [80 * 60_000, /1.*20/],
  [27 * 3_600_000, /1.*3/],
  [35 * 60_000, /35/],
])('a span of %d ms shows its two largest units', (ms, shown) => {
  expect(span(ms)).toMatch(shown)
  expect(span(-ms)).toBe(span(ms))
})
