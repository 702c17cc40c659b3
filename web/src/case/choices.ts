/** What forms offer to choose from: asked once, kept for the page's life. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { dispatch, ok } from '@/api/client'
import { holdsAny } from '@/api/session'
import type { components } from '@/api/schema/dispatch'
import { language } from '@/ui/texts'

export type Choices = components['schemas']['Choices']
export type UnitView = components['schemas']['UnitView']
const HOUR = 3_600_000

export function useChoices() {
  return useQuery({
    queryKey: computed(() => ['choices', language.value]),
    queryFn: () => ok(dispatch.GET('/choices')),
    staleTime: HOUR,
  })
}

/** 诉求分类: all that are not retired. */
export function useCategories() {
  const found = useQuery({
    queryKey: ['categories', language],
    queryFn: () => ok(dispatch.GET('/categories')),
    staleTime: HOUR,
  })
  return computed(() => found.data.value ?? [])
}

const KNOW_UNITS = [
  ...(['AGENT', 'DISPATCHER', 'REVIEWER', 'FOLLOW_UP', 'UNIT', 'UNIT_LEAD', 'STREET', 'COMMUNITY'] as const),
  ...(['SUPERVISION', 'LEADER', 'ANALYST'] as const),
]

export function useUnits() {
  return useQuery({
    queryKey: ['units'],
    queryFn: () => ok(dispatch.GET('/units')),
    staleTime: HOUR,
    enabled: () => holdsAny(KNOW_UNITS),
  })
}
