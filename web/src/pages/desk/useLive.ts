import { onScopeDispose, ref } from 'vue'
import { useCalm } from './calm'

const NAME = 'gridcall.changes'
const POLL_MS = 10_000
const CALM_MS = 600
const SILENT_MS = 25_000
/** What the tab that holds the stream tells the others: a case has changed (empty: look at all), the stream stands. */
type Told = { changed: string } | { stands: boolean } | 'who'

/**
 * Calls back when a case of the scope has changed: the first change at once, then at most every 0.6 seconds; an empty
 * number says that any may have. One tab of the browser holds the stream and tells the others; when it goes, another
 * takes over. Where nothing streams the call comes every ten seconds.
 */
export function useLive(changed: (caseNos: Set<string>) => void) {
  const streaming = ref(true)
  const calm = useCalm(changed, CALM_MS)
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel(NAME) : null
  const leaving = new AbortController()
  let source: EventSource | undefined
  let heard = 0

  function stands(now: boolean): void {
    streaming.value = now
    channel?.postMessage({ stands: now } satisfies Told)
  }

  function tell(caseNo: string): void {
    channel?.postMessage({ changed: caseNo } satisfies Told)
    calm.note(caseNo)
  }

  function open(): void {
    source?.close()
    source = new EventSource('/api/dispatch/stream')
    source.addEventListener('open', () => stands(true))
    source.addEventListener('error', () => stands(false))
    source.addEventListener('case', (event) => tell((JSON.parse(event.data as string) as { case_no: string }).case_no))
    source.addEventListener('reset', () => tell(''))
  }

  function hear(said: Told): void {
    if (said === 'who') {
      if (source) stands(streaming.value)
    } else if ('changed' in said) calm.note(said.changed)
    else if (!source) {
      heard = Date.now()
      streaming.value = said.stands
    }
  }

  /** What happened between the last holder's end and our beginning is not known: all is looked at. */
  function takeOver(): Promise<void> {
    open()
    if (heard) tell('')
    return new Promise((free) => leaving.signal.addEventListener('abort', () => free()))
  }

  function poll(): void {
    if (source?.readyState === EventSource.CLOSED) open()
    else if (source) stands(streaming.value)
    else if (Date.now() - heard > SILENT_MS) streaming.value = false
    if (!streaming.value && !document.hidden) calm.note('')
  }

  if (channel) {
    channel.onmessage = (event: MessageEvent<Told>) => hear(event.data)
    channel.postMessage('who' satisfies Told)
  }
  if ('locks' in navigator && channel) {
    void navigator.locks.request(NAME, { signal: leaving.signal }, takeOver).catch(() => undefined)
  } else {
    open()
  }
  const timer = setInterval(poll, POLL_MS)

  onScopeDispose(() => {
    leaving.abort()
    source?.close()
    channel?.close()
    clearInterval(timer)
  })
  return { streaming }
}
