import { onScopeDispose, readonly, ref } from 'vue'

const moment = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

/** The present time in milliseconds, moving every 15 seconds while somebody looks; one timer for the whole page. */
export function useNow() {
  if (users++ === 0) {
    moment.value = Date.now()
    timer = setInterval(() => (moment.value = Date.now()), 15_000)
  }
  onScopeDispose(() => {
    if (--users === 0) clearInterval(timer)
  })
  return readonly(moment)
}
