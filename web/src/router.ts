import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { holdsAny, loadMe, me } from '@/api/session'
import { pages, type Page } from '@/ui/pages'
import { loadTexts, t } from '@/ui/texts'

const routes: RouteRecordRaw[] = pages.map((page) => ({
  path: page.path,
  component: page.component as RouteRecordRaw['component'],
  children: page.children,
  meta: { page },
})) as RouteRecordRaw[]

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [...routes, { path: '/:unknown(.*)*', component: () => import('@/pages/door/Unknown.vue') }],
})

/** Where the reader may go: the pages of his roles. */
export function pagesOfMine(): Page[] {
  return pages.filter((page) => holdsAny(page.roles))
}

router.beforeEach(async (to) => {
  if (me.value === undefined) await loadMe().catch(() => undefined)
  const page = to.matched.find((record) => record.meta['page'])?.meta['page'] as Page | undefined
  if (page) await loadTexts(...page.texts)
})

router.afterEach((to) => {
  const page = to.meta['page'] as Page | undefined
  document.title = page ? `${t(`common.page.${page.name}`)} · ${t('common.brand')}` : t('common.brand')
})
