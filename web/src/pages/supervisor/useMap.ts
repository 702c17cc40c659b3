/** The map's borders and rates, for the page and for the wall: by county in a city, by grid in a county. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, inject } from 'vue'
import { notify, ok } from '@/api/client'
import { me } from '@/api/session'
import { language } from '@/ui/texts'
import type { Question, View } from './question'
import { mapBy, readShapes, shownOf } from './shapes'

const HOUR = 3_600_000

/** `only`: the view shown whatever the page's is; `renewMs`: asked again so often. */
export function useMap({ only, renewMs }: { only?: View; renewMs?: number } = {}) {
  const { asked, view: chosen, filters, go, show } = inject('question') as Question
  const view = computed(() => only ?? chosen.value)
  const own = computed(() => me.value?.area ?? '')
  const area = computed(() => filters.value.area ?? own.value)
  const level = computed(() => mapBy(area.value))
  const borders = useQuery({
    queryKey: computed(() => ['borders', level.value, filters.value.area, language.value]),
    queryFn: () => readShapes(level.value, filters.value.area),
    staleTime: HOUR,
  })
  const rates = useQuery({
    queryKey: computed(() => ['groups', asked.value, view.value, level.value, language.value]),
    queryFn: () =>
      ok(
        notify.GET('/reports/completion', {
          params: { query: { ...asked.value, view: view.value, by: level.value } },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: renewMs,
  })
  const rows = computed(() => (rates.data.value?.by === level.value ? rates.data.value.rows : []))
  const shown = computed(() => shownOf(borders.data.value?.shapes ?? [], rows.value, view.value))
  /** Rates of what no border is known of: placed more widely, a zone, a grid that stands no more. */
  const without = computed(() => {
    const drawn = new Set(shown.value.map((one) => one.code))
    return rows.value.filter((row) => !drawn.has(row.key ?? ''))
  })
  const wider = computed(() => filters.value.area && filters.value.area !== own.value)

  /** A county opens its grids, with the same filters; a grid the cases that it counts, away from the wall. */
  function choose(code: string): void {
    if (level.value === 'county') go({ area: code, by: 'street', part: undefined, key: undefined, case: undefined })
    else show({ part: 'denominator', key: code, by: 'grid' })
  }
  /** From a grid or a street to its county, from a county to the city; never above the reader's own. */
  function widen(): void {
    const narrow = filters.value.area ?? ''
    const next = narrow.length > 6 ? narrow.slice(0, 6) : narrow.slice(0, 4)
    const kept = next.length > own.value.length && next.startsWith(own.value)
    go({ area: kept ? next : undefined, by: undefined, part: undefined, key: undefined })
  }
  return { view, level, area, borders, rates, rows, shown, without, wider, choose, widen }
}
