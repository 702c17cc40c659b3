import { onScopeDispose, ref } from 'vue'

const NAME = 'gridcall.changes'
const POLL_MS = 10_000
const CALM_MS = 600

/**
 * Calls back, at most every 0.6 seconds, when a case of the scope has changed. One stream serves all tabs of the
 * browser; where there is none the call comes every ten seconds.
 */
export function useLive(changed: (caseNos: Set<string>) => void) {
  const streaming = ref(false)
  const gathered = new Set<string>()
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel(NAME) : null
  const leaving = new AbortController()
  let calm: ReturnType<typeof setTimeout> | undefined
  let source: EventSource | undefined

  function note(caseNo: string): void {
    gathered.add(caseNo)
    calm ??= setTimeout(() => {
      calm = undefined
      changed(new Set(gathered))
      gathered.clear()
    }, CALM_MS)
  }

  function tell(caseNo: string): void {
    channel?.postMessage(caseNo)
    note(caseNo)
  }

  function open(): void {
    source = new EventSource('/api/dispatch/stream')
    source.addEventListener('open', () => (streaming.value = true))
    source.addEventListener('error', () => (streaming.value = false))
    source.addEventListener('case', (event) => tell((JSON.parse(event.data as string) as { case_no: string }).case_no))
    source.addEventListener('reset', () => tell(''))
  }

  if (channel) {
    channel.onmessage = (event: MessageEvent<string>) => {
      streaming.value = true
      note(event.data)
    }
  }
  if ('locks' in navigator && channel) {
    void navigator.locks
      .request(NAME, { signal: leaving.signal }, () => {
        open()
        return new Promise<void>((free) => leaving.signal.addEventListener('abort', () => free()))
      })
      .catch(() => undefined)
  } else {
    open()
  }
  const poll = setInterval(() => {
    if (!streaming.value && !document.hidden) note('')
  }, POLL_MS)

  onScopeDispose(() => {
    leaving.abort()
    source?.close()
    channel?.close()
    clearInterval(poll)
    clearTimeout(calm)
  })
  return { streaming }
}
