import type { Page } from '@/ui/pages'

const page: Page = {
  name: 'supervisor',
  path: '/supervisor',
  order: 4,
  roles: ['ANALYST', 'LEADER', 'SUPERVISION'],
  texts: ['supervisor', 'case', 'services'],
  component: () => import('./Supervisor.vue'),
}
export default page
