import { ref, watchEffect } from 'vue'
import { recall, remember } from './texts'

export type Theme = 'auto' | 'light' | 'dark'

/** 深色模式: as the machine has it, or the reader's own choice. */
export const theme = ref<Theme>((recall('gridcall.theme') as Theme | null) ?? 'auto')
const machine = matchMedia('(prefers-color-scheme: dark)')
const machineIsDark = ref(machine.matches)
machine.addEventListener?.('change', (change) => (machineIsDark.value = change.matches))

export function useTheme(next: Theme): void {
  theme.value = next
  remember('gridcall.theme', next)
}

watchEffect(() => {
  const dark = theme.value === 'dark' || (theme.value === 'auto' && machineIsDark.value)
  document.documentElement.classList.toggle('dark', dark)
})
