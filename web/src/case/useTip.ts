import { onScopeDispose, shallowRef } from 'vue'

const AWAY_MS = 150

/** What floats beside an element while the pointer or the focus is there; the pointer may go over to it. */
export function useTip(delayMs = 0) {
  const anchor = shallowRef<HTMLElement | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined

  function later(ms: number, act: () => void): void {
    clearTimeout(timer)
    if (ms) timer = setTimeout(act, ms)
    else act()
  }

  /** Shows it beside the element, or leaves it where it is. */
  function over(element: EventTarget | null = anchor.value): void {
    const beside = element as HTMLElement | null
    later(anchor.value === beside ? 0 : delayMs, () => (anchor.value = beside))
  }

  const out = (): void => later(AWAY_MS, () => (anchor.value = null))
  const close = (): void => later(0, () => (anchor.value = null))
  onScopeDispose(() => clearTimeout(timer))
  return { anchor, over, out, close }
}
