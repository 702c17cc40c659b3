import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { dispatch, ok } from '@/api/client'

/** 附近: what waits around a case; asked once for the map and for what is told before dispatch. */
export function useAround(caseNo: Ref<string>) {
  return useQuery({
    queryKey: ['similar', caseNo, 'around'],
    queryFn: () => ok(dispatch.GET('/cases/{case_no}/around', { params: { path: { case_no: caseNo.value } } })),
    staleTime: 60_000,
  })
}
