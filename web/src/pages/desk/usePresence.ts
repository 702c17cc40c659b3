import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { dispatch, ok } from '@/api/client'
import type { components } from '@/api/schema/dispatch'

const AGAIN_MS = 20_000

/** 在看: tells the others that the case is open here, and hears who else has it open and whose it is. */
export function usePresence(caseNo: Ref<string>, editing: Ref<boolean>) {
  const seen = ref<components['schemas']['LookView'] | null>(null)

  async function tell(): Promise<void> {
    const wanted = caseNo.value
    if (!wanted || document.hidden) return
    const params = { path: { case_no: wanted } }
    const body = { doing: editing.value ? ('EDITING' as const) : ('VIEWING' as const) }
    const found = await ok(dispatch.POST('/cases/{case_no}/presence', { params, body })).catch(() => null)
    if (caseNo.value === wanted) seen.value = found
  }

  const timer = setInterval(() => void tell(), AGAIN_MS)
  watch(
    [caseNo, editing],
    ([now], before) => {
      if (now !== before[0]) seen.value = null
      void tell()
    },
    { immediate: true },
  )
  onScopeDispose(() => clearInterval(timer))
  return { seen, tell }
}
