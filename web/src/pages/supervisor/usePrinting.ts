/** 打印: before the browser lays the sheet out, the page is as wide as A4 across and light, so that map and chart fit. */
import { onBeforeUnmount } from 'vue'

export function usePrinting(): void {
  const root = document.documentElement
  let dark = false
  const before = () => {
    dark = root.classList.contains('dark')
    root.classList.remove('dark')
    root.classList.add('printing')
  }
  const after = () => {
    root.classList.remove('printing')
    root.classList.toggle('dark', dark)
  }
  // the first to hear of it: what is drawn by script measures itself after
  addEventListener('beforeprint', before)
  addEventListener('afterprint', after)
  onBeforeUnmount(() => {
    removeEventListener('beforeprint', before)
    removeEventListener('afterprint', after)
  })
}
