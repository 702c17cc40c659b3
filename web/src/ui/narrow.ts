import { onScopeDispose, ref } from 'vue'

/** Whether the window is as narrow as a phone: where a list says more than a wide table. */
export function useNarrow() {
  const asked = matchMedia('(max-width: 760px)')
  const narrow = ref(asked.matches)
  const hear = () => (narrow.value = asked.matches)
  asked.addEventListener('change', hear)
  onScopeDispose(() => asked.removeEventListener('change', hear))
  return narrow
}
