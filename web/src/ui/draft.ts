import { onScopeDispose, reactive, watch } from 'vue'
import { recall, remember } from './texts'

const PAUSE_MS = 400

/**
 * A form's words, kept in this browser until `forget`: a reload or an expired session loses nothing.
 * `name` says whose and what for, such as `desk.answer.{case_no}`.
 */
export function useDraft<Form extends Record<string, unknown>>(name: string, empty: Form) {
  const key = `gridcall.draft.${name}`
  const form = reactive({ ...empty, ...read(key) }) as Form
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = watch(
    form,
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => remember(key, JSON.stringify(form)), PAUSE_MS)
    },
    { deep: true },
  )
  addEventListener('pagehide', keep)
  onScopeDispose(() => {
    keep()
    removeEventListener('pagehide', keep)
  })

  function keep(): void {
    if (timer) remember(key, JSON.stringify(form))
    clearTimeout(timer)
    timer = undefined
  }

  function forget(): void {
    clearTimeout(timer)
    timer = undefined
    stop()
    try {
      localStorage.removeItem(key)
    } catch {
      return
    }
  }

  return { form, forget }
}

function read(key: string): object {
  try {
    return JSON.parse(recall(key) ?? '{}') as object
  } catch {
    return {}
  }
}
