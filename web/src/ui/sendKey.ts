import { onScopeDispose, watch, type Ref } from 'vue'

/** Ctrl+Enter, or Cmd+Enter, sends the form from wherever one types in it, before a list or picker hears of it. */
export function useSendKey(form: Ref<HTMLElement | null | undefined>, send: () => void): void {
  function hear(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    event.stopPropagation()
    send()
  }
  const stop = watch(
    form,
    (now, before) => {
      before?.removeEventListener('keydown', hear, true)
      now?.addEventListener('keydown', hear, true)
    },
    { immediate: true },
  )
  onScopeDispose(stop)
}
