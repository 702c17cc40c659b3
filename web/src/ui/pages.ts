import type { RouteRecordRaw } from 'vue-router'
import type { Role } from '@/api/session'

/** 页面: one of the office pages. `texts`: its parts of src/locales; its name in the bar is `common.page.{name}`. */
export interface Page {
  name: string
  path: `/${string}`
  order: number
  roles: readonly Role[]
  texts: readonly string[]
  component: () => Promise<unknown>
  children?: RouteRecordRaw[]
}

const found = import.meta.glob<{ default: Page }>('../pages/*/page.ts', { eager: true })

/** Every page that src/pages declares, in the order of the bar. */
export const pages: Page[] = Object.values(found)
  .map((module) => module.default)
  .sort((one, other) => one.order - other.order)
