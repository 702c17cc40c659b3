import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { dispatch, ok } from '@/api/client'
import { language } from '@/ui/texts'

const HOUR = 3_600_000

/** What the forms let people choose from, as the city's catalogue has it. */
export function useChoices() {
  return useQuery({
    queryKey: ['choices', language],
    queryFn: () => ok(dispatch.GET('/choices')),
    staleTime: HOUR,
    gcTime: HOUR,
  })
}

/** 诉求分类: all that are not retired. */
export function useCategories() {
  const found = useQuery({
    queryKey: ['categories', language],
    queryFn: () => ok(dispatch.GET('/categories')),
    staleTime: HOUR,
    gcTime: HOUR,
  })
  return computed(() => found.data.value ?? [])
}

/** The units to dispatch to; empty for roles that may not ask. */
export function useUnits() {
  const found = useQuery({
    queryKey: ['units'],
    queryFn: () => ok(dispatch.GET('/units')),
    staleTime: HOUR,
    retry: false,
  })
  return computed(() => found.data.value ?? [])
}
