import { onScopeDispose } from 'vue'

/**
 * Walking a list by keys: j and k go on and back, while nobody types. `rows` in their order, `at` the present one.
 * Single keys can be turned off (WCAG 2.1.4) by the reader: `gridcall.keys` = off.
 */
export function useWalk(rows: () => string[], at: () => string | undefined, go: (name: string) => void): void {
  function press(event: KeyboardEvent): void {
    const typing = (event.target as HTMLElement).closest?.(
      'input:not([type=checkbox]), textarea, select, [contenteditable]',
    )
    if (typing || event.ctrlKey || event.metaKey || event.altKey || keysOff()) return
    const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0
    if (!step) return
    const all = rows()
    const index = all.indexOf(at() ?? '')
    const next = all[index < 0 ? 0 : Math.min(Math.max(index + step, 0), all.length - 1)]
    if (next) go(next)
  }
  document.addEventListener('keydown', press)
  onScopeDispose(() => document.removeEventListener('keydown', press))
}

function keysOff(): boolean {
  try {
    return localStorage.getItem('gridcall.keys') === 'off'
  } catch {
    return false
  }
}
