import type { Page } from '@/ui/pages'

const page: Page = {
  name: 'desk',
  path: '/desk',
  order: 1,
  roles: ['AGENT', 'DISPATCHER', 'REVIEWER'],
  texts: ['desk', 'case'],
  component: () => import('./Desk.vue'),
}
export default page
