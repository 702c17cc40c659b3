/** What the supervisors' map shows: borders with the rate of each, and the rates of what has no border. */
import { notify, ok } from '@/api/client'
import type { components } from '@/api/schema/notify'
import { t } from '@/ui/texts'
import { LINE, type GroupRow, type View } from './question'
import { percent } from './rates'

export type Shape = components['schemas']['AreaShape']
export type Tone = 'fine' | 'soon' | 'over' | 'none'
export interface Shown {
  code: string
  name: string
  polygon: GeoJSON.Geometry
  tone: Tone
  small: boolean
  value: string
  parts: string
}

const COUNTY_DIGITS = 6
const NEAR = 0.9
export type MapBy = 'county' | 'grid'

/** A city is shown by counties, a county and what is narrower by grids. */
export function mapBy(area: string): MapBy {
  return area.length < COUNTY_DIGITS ? 'county' : 'grid'
}

/** All borders of an area, page by page. */
export async function readShapes(by: MapBy, area: string | undefined) {
  const shapes: Shape[] = []
  let cursor = ''
  for (;;) {
    const page = await ok(notify.GET('/reports/map', { params: { query: { by, area, cursor } } }))
    shapes.push(...page.shapes)
    if (!page.next) return { ...page, shapes }
    cursor = page.next
  }
}

/** From the line up, within five points of it, below that; a stock is better none. */
export function toneOf(row: GroupRow | undefined, view: View): Tone {
  if (!row?.denominator) return view === 'D' && row ? 'fine' : 'none'
  if (view === 'D') return 'over'
  if (row.rate === null) return 'none'
  return row.rate >= LINE ? 'fine' : row.rate >= NEAR ? 'soon' : 'over'
}

export function valueOf(row: GroupRow | undefined, view: View): string {
  if (view === 'D') return t('supervisor.overdue', { n: row?.denominator ?? 0 })
  return percent(row?.rate)
}

export function partsOf(row: GroupRow | undefined, view: View): string {
  return view === 'D' ? '' : `${row?.numerator ?? 0}/${row?.denominator ?? 0}${row?.small ? ' *' : ''}`
}

export function shownOf(shapes: Shape[], rows: GroupRow[], view: View): Shown[] {
  const found = new Map(rows.map((row) => [row.key, row]))
  return shapes.map((shape) => {
    const row = found.get(shape.code)
    return {
      code: shape.code,
      name: shape.name,
      polygon: shape.polygon as unknown as GeoJSON.Geometry,
      tone: toneOf(row, view),
      small: row?.small ?? true,
      value: valueOf(row, view),
      parts: partsOf(row, view),
    }
  })
}
