import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { dispatch, ok, requestKey } from '@/api/client'
import type { components } from '@/api/schema/dispatch'
import { language } from '@/ui/texts'

export type CaseView = components['schemas']['CaseView']
export type AnyAsk = components['schemas']['HoldAsk']['ask']
export type HeldBatch = components['schemas']['HeldBatch']

/** A case's page and its timeline, and the ways to move it. */
export function useCase(caseNo: Ref<string>) {
  const queries = useQueryClient()
  const path = computed(() => ({ case_no: caseNo.value }))
  const enabled = computed(() => caseNo.value !== '')
  const page = useQuery({
    queryKey: ['case', caseNo, language],
    enabled,
    queryFn: () => ok(dispatch.GET('/cases/{case_no}', { params: { path: path.value } })),
  })
  const timeline = useQuery({
    queryKey: ['timeline', caseNo],
    enabled,
    queryFn: () => ok(dispatch.GET('/cases/{case_no}/timeline', { params: { path: path.value } })),
  })
  return { page, timeline, refresh: () => refreshCases(queries) }
}

/** Asks anew for everything about cases. */
export function refreshCases(queries: ReturnType<typeof useQueryClient>): Promise<void[]> {
  const names = ['case', 'timeline', 'cases', 'counts', 'similar']
  return Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })))
}

/** One move, made at once. */
export function moveNow(caseNo: string, ask: AnyAsk) {
  return ok(
    dispatch.POST('/cases/{case_no}/moves', {
      params: { path: { case_no: caseNo }, header: { 'Idempotency-Key': requestKey() } },
      body: ask,
    }),
  )
}

/** One move for several cases, made by the server after five seconds unless it is undone. */
export function hold(caseNos: string[], ask: AnyAsk): Promise<HeldBatch> {
  return ok(dispatch.POST('/held-moves', { body: { case_nos: caseNos, ask } }))
}
