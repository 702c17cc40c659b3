// Changes are handed on: the first at once, the others together, none lost and none told twice.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { useCalm } from '@/pages/desk/calm'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('the first change is handed on at once, a burst together afterwards', () => {
  const handed: string[][] = []
  const scope = effectScope()
  const calm = scope.run(() => useCalm((names) => handed.push([...names].sort()), 600))
  calm?.note('A')
  expect(handed).toEqual([['A']])
  calm?.note('B')
  calm?.note('C')
  calm?.note('B')
  vi.advanceTimersByTime(599)
  expect(handed).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(handed).toEqual([['A'], ['B', 'C']])
  vi.advanceTimersByTime(600)
  calm?.note('D')
  expect(handed).toEqual([['A'], ['B', 'C'], ['D']])
  calm?.note('E')
  scope.stop()
  vi.advanceTimersByTime(5000)
  expect(handed).toHaveLength(3)
})
