/** One place's week of duty, read and changed. */
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { dispatch, ok } from '@/api/client'
import type { components } from '@/api/schema/dispatch'
import { language } from '@/ui/texts'
import type { Place } from './duty'

type Roster = components['schemas']['Roster'] | components['schemas']['GridRoster']
export type ShiftRow = components['schemas']['ShiftRowForm']

export function useRoster(place: () => Place, first: () => string) {
  const queries = useQueryClient()
  const found = useQuery({
    queryKey: computed(() => ['duty', place().kind, place().code, first(), language.value]),
    queryFn: (): Promise<Roster> => {
      const { kind, code } = place()
      const query = { first: first() }
      return kind === 'unit'
        ? ok(dispatch.GET('/units/{unit_code}/duty', { params: { path: { unit_code: code }, query } }))
        : ok(dispatch.GET('/grids/{grid_code}/duty', { params: { path: { grid_code: code }, query } }))
    },
  })
  return { found, changed: () => queries.invalidateQueries({ queryKey: ['duty'] }) }
}

export function writeShifts({ kind, code }: Place, body: ShiftRow) {
  return kind === 'unit'
    ? ok(dispatch.POST('/units/{unit_code}/duty/rows', { params: { path: { unit_code: code } }, body }))
    : ok(dispatch.POST('/grids/{grid_code}/duty/rows', { params: { path: { grid_code: code } }, body }))
}
