/** What is asked: period, view, grouping and filters, all in the address, so that every figure can be sent as a link. */
import { computed } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'
import { me } from '@/api/session'
import type { components } from '@/api/schema/notify'
import { word } from '@/ui/texts'
import { day } from '@/ui/time'

export type View = components['schemas']['View']
export type By = components['schemas']['By']
export type Part = components['schemas']['Part']
export type GroupRow = components['schemas']['GroupRow']
export type Figures = components['schemas']['Figures']

export const VIEWS: readonly View[] = ['A', 'A0', 'B', 'C', 'D', 'ALL']
export const GROUPS: readonly By[] = [
  ...(['city', 'county', 'street', 'community', 'grid'] as const),
  ...(['unit', 'category', 'channel', 'kind'] as const),
]
export const LINE = 0.95
const YEAR = 12
/** What an area of so many digits is divided into. */
export const DIVIDED: Record<number, By> = { 2: 'city', 4: 'county', 6: 'street', 9: 'community' }

export interface Drill {
  part: Part
  key?: string
  reason?: string
  /** Of the set of figures; the headline's where left out. */
  figure?: string
  view?: View
  by?: By
}

/** The month so many before another; YYYY-MM. */
export function monthsBefore(month: string, count: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  const index = year * 12 + number - 1 - count
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`
}

/** How many months a period has, both ends included. */
export function monthsIn(from: string, to: string): number {
  const index = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5))
  return Math.max(index(to) - index(from) + 1, 1)
}

export function useQuestion() {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string) => route.query[name]?.toString() || undefined
  const thisMonth = day(new Date()).slice(0, 7)
  const from = computed(() => text('from') ?? thisMonth)
  const to = computed(() => text('to') ?? from.value)
  const view = computed(() => VIEWS.find((one) => one === text('view')) ?? 'A')
  const by = computed<By>(
    () => GROUPS.find((one) => one === text('by')) ?? DIVIDED[me.value?.area.length ?? 6] ?? 'street',
  )
  const filters = computed(() => ({
    area: text('area'),
    unit: text('unit'),
    category: text('category'),
    channel: text('channel') as never,
    kind: text('kind') as never,
  }))
  /** The filters that are set, each with its value in words. */
  const narrowed = computed(() =>
    Object.entries(filters.value).flatMap(([name, given]): [string, string][] => {
      if (!given) return []
      if (name === 'channel') return [[name, word('Channel', given)]]
      return [[name, name === 'kind' ? word('Kind', given) : given]]
    }),
  )
  const asked = computed(() => ({ from: from.value, to: to.value, ...filters.value }))
  const before = computed(() => {
    const count = monthsIn(from.value, to.value)
    return { ...asked.value, from: monthsBefore(from.value, count), to: monthsBefore(to.value, count) }
  })
  const lastYear = computed(() => ({
    ...asked.value,
    from: monthsBefore(from.value, YEAR),
    to: monthsBefore(to.value, YEAR),
  }))
  const drill = computed<Drill | undefined>(() => {
    const part = text('part') as Part | undefined
    if (!part) return undefined
    const found: Drill = { part, reason: text('reason'), figure: text('figure') }
    if (route.query['key'] !== undefined) found.key = route.query['key']?.toString() ?? ''
    return found
  })

  function go(query: LocationQueryRaw): void {
    void router.push({ query: { ...route.query, ...query } })
  }
  function show(wanted: Drill): void {
    const { part, key, reason, figure } = wanted
    const shown = { view: wanted.view ?? view.value, by: wanted.by ?? by.value }
    go({ part, key, reason, figure, ...shown, case: undefined, wall: undefined })
  }
  function hide(): void {
    go({ part: undefined, key: undefined, reason: undefined, figure: undefined, case: undefined })
  }
  return {
    ...{ route, from, to, view, by, filters, narrowed, asked, before, lastYear, drill, go, show, hide },
    compare: computed(() => text('compare') === '1'),
    wall: computed(() => text('wall') === '1'),
    chosen: computed(() => text('case')),
  }
}

export type Question = ReturnType<typeof useQuestion>
