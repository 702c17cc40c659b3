// What phones of 2017 would stumble over is found in the bundle.
import { expect, test } from 'vitest'
// @ts-expect-error a plain script without types
import { faultsOf } from '../checks/field_bundle.mjs'

test.each([
  ['const a = b ?? c', /^syntax/],
  ["import('./map.js')", /^syntax/],
  ['const a = { ...b }', /^syntax/],
  ['[1].flat()', /flat/],
  ['"a".replaceAll("a", "b")', /replaceAll/],
  ['Promise.allSettled([])', /allSettled/],
  ['new ResizeObserver(a)', /ResizeObserver/],
])('%s', (code, fault) => {
  expect(faultsOf(code)).toHaveLength(1)
  expect(faultsOf(code)[0]).toMatch(fault)
})

test('what they know is no fault', () => {
  expect(faultsOf('async () => { await fetch("/a"); Object.entries({}).map(([a, b]) => `${a}${b}`) }')).toEqual([])
})
