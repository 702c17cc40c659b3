import { computed, reactive, ref } from 'vue'
import { Problem } from '@/api/problem'
import { t } from './texts'

/**
 * One form's sending: `busy` while it runs, `faults` by field (dotted path, last step also alone), `fault` for the whole.
 * `code`: the refusal's. What was typed is never touched, so nothing is lost on an error.
 */
export function useAsk() {
  const busy = ref(false)
  const fault = ref('')
  const code = ref('')
  const faults = reactive<Record<string, string>>({})

  function clear(): void {
    fault.value = code.value = ''
    for (const key of Object.keys(faults)) delete faults[key]
  }

  /** Runs it; its value, or undefined when it was refused (then the faults say why). */
  async function run<Value>(act: () => Promise<Value>): Promise<Value | undefined> {
    if (busy.value) return undefined
    busy.value = true
    clear()
    try {
      return await act()
    } catch (error) {
      take(error)
      return undefined
    } finally {
      busy.value = false
    }
  }

  function take(error: unknown): void {
    if (!(error instanceof Problem)) throw error
    for (const [path, message] of Object.entries(error.fields)) {
      faults[path] = message
      faults[path.split('.').pop() as string] = message
    }
    code.value = error.code
    fault.value = error.status === 401 && error.code !== 'sign_in.refused' ? t('common.problem.expired') : error.message
  }

  return { busy, fault, code, faults, run, clear, hasFaults: computed(() => Object.keys(faults).length > 0) }
}
