import { useQuery, type QueryClient } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { dispatch, ok } from '@/api/client'
import type { components } from '@/api/schema/dispatch'
import { language } from '@/ui/texts'

export type CaseView = components['schemas']['CaseView']
type Moved = components['schemas']['Moved']
const ABOUT_ONE = ['case', 'timeline', 'files', 'rectifications', 'similar']

/** A case's page, by its number; nothing is asked while there is none. */
export function useCase(caseNo: Ref<string>) {
  return useQuery({
    queryKey: ['case', caseNo, language],
    enabled: () => caseNo.value !== '',
    queryFn: () => ok(dispatch.GET('/cases/{case_no}', { params: { path: { case_no: caseNo.value } } })),
  })
}

/** Asks anew for all that is shown of one case. */
export function refreshCase(queries: QueryClient, caseNo: string): Promise<void[]> {
  return Promise.all(ABOUT_ONE.map((name) => queries.invalidateQueries({ queryKey: [name, caseNo] })))
}

/** Asks anew for everything about cases. */
export function refreshCases(queries: QueryClient): Promise<void[]> {
  return Promise.all([...ABOUT_ONE, 'cases', 'counts'].map((name) => queries.invalidateQueries({ queryKey: [name] })))
}

/** Shows at once where the case stands now, so that the next move is made of this version. */
export function showMoved(queries: QueryClient, moved: Moved): void {
  queries.setQueriesData(
    { queryKey: ['case', moved.case_no] },
    (old: CaseView | undefined) => old && { ...old, ...moved },
  )
}
