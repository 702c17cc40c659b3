/** The page's own service worker: opens the page without a network, and tells of a newer one. */
import { ref } from 'vue'

/** A newer page lies ready on the phone; it is taken when the person wants it, or at the next visit. */
export const newVersion = ref(false)

export function keepShell(): void {
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker.addEventListener('message', (told: MessageEvent) => {
    if (told.data === 'new-version') newVersion.value = true
  })
  void look().catch(() => undefined)
  void navigator.serviceWorker.register('/field/sw.js', { scope: '/field' }).catch(() => undefined)
}

/** A newer page may have come while this one was opening, before it could be told. */
async function look(): Promise<void> {
  const script = document.querySelector('script[src^="/field-assets/"]')
  const kept = self.caches && (await caches.match('/field/'))
  if (script && kept && (await kept.text()).indexOf(`"${script.getAttribute('src')}"`) < 0) newVersion.value = true
}

export function takeNewVersion(): void {
  location.reload()
}
