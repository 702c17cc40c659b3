// Where a standard text goes, and what is left to be typed over.
import { expect, test } from 'vitest'
import { asksForText, putInto } from '@/case/putInto'

const CASES: [string, string, number, string, string, string][] = [
  // what, before, caret, body, text, selected
  ['an empty field', '', 0, '已修复。', '已修复。', ''],
  ['behind what was written', '您好：', 3, '已修复。', '您好：\n已修复。', ''],
  ['between two lines', '甲\n乙', 2, '已修复。', '甲\n已修复。\n乙', ''],
  ['a place that the case does not fill', '', 0, '已于{日期}修复，{单位}。', '已于{日期}修复，{单位}。', '{日期}'],
]

test.each(CASES)('%s', (_, before, caret, body, text, selected) => {
  const put = putInto(before, caret, body)
  expect([put.text, put.text.slice(put.from, put.to)]).toEqual([text, selected])
})

test('a slash asks at the beginning of a line alone', () => {
  expect([asksForText('', 0), asksForText('甲\n', 2), asksForText('1', 1)]).toEqual([true, true, false])
})
