/** What the map of the grids needs: a county's polygons and its outline. */
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { dispatch, ok } from '@/api/client'
import type { components } from '@/api/schema/dispatch'

export type Shape = components['schemas']['GridShapeView']
/** `at`: lon, lat. */
export type Remark = Omit<components['schemas']['RemarkView'], 'at'> & { at: number[] | null }
export type Grid = components['schemas']['GridView']

/** All grids that stand in the county of the area, whole; none for what is wider than a county. */
export function useCounty(area: Ref<string>) {
  const county = computed(() => (area.value.length >= 6 ? area.value.slice(0, 6) : ''))
  const shapes = useQuery({
    queryKey: ['grids', 'shapes', county],
    queryFn: () => allShapes(county.value),
    enabled: () => county.value !== '',
  })
  const outline = useQuery({
    queryKey: ['areas', 'outline', county],
    queryFn: () => ok(dispatch.GET('/areas/outline', { params: { query: { code: county.value } } })),
    enabled: () => county.value !== '',
    staleTime: Infinity,
  })
  return {
    county,
    shapes: computed(() => (county.value && shapes.data.value) || []),
    outline: computed(() => (county.value && outline.data.value?.outline) || undefined),
    error: computed(() => shapes.error.value ?? outline.error.value),
  }
}

async function allShapes(area: string): Promise<Shape[]> {
  const found: Shape[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: components['schemas']['GridShapes'] = await ok(
      dispatch.GET('/grids/shapes', { params: { query: { area, cursor } } }),
    )
    found.push(...page.items)
    cursor = page.next
  }
  return found
}
