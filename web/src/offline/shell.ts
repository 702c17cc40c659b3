/** The page's own service worker: opens the page without a network, and tells of a newer one. */
import { ref } from 'vue'

/** A newer page lies ready on the phone; it is taken when the person wants it, or at the next visit. */
export const newVersion = ref(false)

export function keepShell(): void {
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker.addEventListener('message', (told: MessageEvent) => {
    if (told.data === 'new-version') newVersion.value = true
  })
  void navigator.serviceWorker.register('/field/sw.js', { scope: '/field' }).catch(() => undefined)
}

export function takeNewVersion(): void {
  location.reload()
}
