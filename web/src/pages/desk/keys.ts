import { onScopeDispose, ref } from 'vue'
import { recall, remember } from '@/ui/texts'

/** 快捷键: on, unless the reader has turned them off (WCAG 2.1.4). */
export const keysOn = ref(recall('gridcall.keys') !== 'off')

export function useKeysOn(on: boolean): void {
  keysOn.value = on
  remember('gridcall.keys', on ? 'on' : 'off')
}

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  return !!element?.closest('input, textarea, select, [contenteditable=true], [role=dialog], .el-popper')
}

/** Hears single keys while nothing is being typed; a key that is answered goes no further. */
export function useKeys(answers: Record<string, () => void>): void {
  function hear(event: KeyboardEvent): void {
    if (!keysOn.value || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    const onButton = (event.target as HTMLElement | null)?.closest('button, a, summary')
    if (onButton && event.key === 'Enter') return
    const answer = answers[event.key]
    if (!answer) return
    event.preventDefault()
    answer()
  }
  window.addEventListener('keydown', hear)
  onScopeDispose(() => window.removeEventListener('keydown', hear))
}
