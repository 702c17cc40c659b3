// Borders as text and back: a point a line, an empty line between parts, holes named.
import { expect, test } from 'vitest'
import { geometryOf, readText, ringsOf, textOf } from '../src/pages/admin/places/rings'

const square = [
  [104, 30],
  [105, 30],
  [105, 31],
  [104, 30],
]
const hole = [
  [104.2, 30.2],
  [104.3, 30.2],
  [104.3, 30.3],
  [104.2, 30.2],
]

test.each([
  ['one ring', { type: 'Polygon', coordinates: [square] }],
  ['a ring with a hole', { type: 'Polygon', coordinates: [square, hole] }],
  ['two parts, the first with a hole', { type: 'MultiPolygon', coordinates: [[square, hole], [square]] }],
])('%s comes back as it was', (_, geometry) => {
  expect(geometryOf(readText(textOf(ringsOf(geometry))).rings)).toEqual(geometry)
})

test('what people paste is read: commas of both widths, spaces, tabs', () => {
  expect(readText('104.1, 30.1\n104.2，30.2\n104.3 30.3\n\n洞\n104.4\t30.4').rings).toEqual([
    {
      hole: false,
      spots: [
        [104.1, 30.1],
        [104.2, 30.2],
        [104.3, 30.3],
      ],
    },
    { hole: true, spots: [[104.4, 30.4]] },
  ])
})

test('a line that is no point is named by its number', () => {
  expect(readText('104.1, 30.1\n成都\n104.3').wrong).toEqual([2, 3])
})
