/** The worker's grids, kept on the phone: the map shows them without a network and without tiles. */
import { shallowRef } from 'vue'
import { dispatch, ok } from '@/api/client'
import { Problem } from '@/api/problem'
import { outbox, vault } from './state'

const MOST = 12
export const grids = shallowRef<GeoJSON.Geometry[]>([])

export async function readGrids(): Promise<void> {
  if (!grids.value.length) grids.value = (await vault().recall<GeoJSON.Geometry[]>('grids')) ?? []
  if (!outbox().owner) return
  try {
    const page = await ok(dispatch.GET('/grids', { params: { query: { limit: MOST } } }))
    const found: GeoJSON.Geometry[] = []
    for (const row of page.items) {
      const grid = await ok(dispatch.GET('/grids/{grid_code}', { params: { path: { grid_code: row.code } } }))
      found.push(grid.polygon as unknown as GeoJSON.Geometry)
    }
    grids.value = found
    await vault().keep('grids', found)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
}
