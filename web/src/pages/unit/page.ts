import type { Page } from '@/ui/pages'

const page: Page = {
  name: 'unit',
  path: '/unit',
  order: 2,
  roles: ['UNIT', 'UNIT_LEAD', 'STREET', 'COMMUNITY'],
  texts: ['unit', 'case'],
  component: () => import('./Unit.vue'),
}
export default page
