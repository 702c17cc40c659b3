import { nextTick, ref } from 'vue'

export const TABS = ['tasks', 'report', 'map', 'messages', 'mine'] as const
export type Tab = (typeof TABS)[number]

export interface Where {
  tab: Tab
  /** What follows the tab: a case's number, an action. */
  rest: string[]
}

function read(): Where {
  const [tab, ...rest] = location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent)
  return { tab: TABS.find((one) => one === tab) ?? 'tasks', rest }
}

/** Where the page is; it is the part of the address behind #, so that the phone's own back key works. */
export const where = ref<Where>(read())

addEventListener('hashchange', () => {
  where.value = read()
  scrollTo(0, 0)
  void nextTick(() => (document.querySelector('#main h1, #main') as HTMLElement | null)?.focus())
})

export function link(...path: string[]): string {
  return `#/${path.map(encodeURIComponent).join('/')}`
}

export function go(...path: string[]): void {
  location.hash = link(...path).slice(1)
}
