import { onScopeDispose } from 'vue'

/** Gathers names and hands them on: the first at once, what comes soon after together when `ms` are over. */
export function useCalm(hand: (names: Set<string>) => void, ms: number) {
  const gathered = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))

  function flush(): void {
    timer = undefined
    if (!gathered.size) return
    const names = new Set(gathered)
    gathered.clear()
    timer = setTimeout(flush, ms)
    hand(names)
  }

  function note(name: string): void {
    gathered.add(name)
    if (timer === undefined) flush()
  }

  return { note }
}
