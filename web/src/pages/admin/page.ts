import type { Page } from '@/ui/pages'

const page: Page = {
  name: 'admin',
  path: '/admin',
  order: 6,
  roles: [
    ...(['SYS_ADMIN', 'SEC_ADMIN', 'AUDIT_ADMIN', 'DISPATCHER', 'SUPERVISION', 'LEADER'] as const),
    ...(['STREET', 'COMMUNITY', 'UNIT_LEAD', 'UNIT', 'ANALYST'] as const),
  ],
  texts: ['admin', 'bulletin', 'case', 'catalogue', 'duty', 'places', 'services'],
  component: () => import('./Admin.vue'),
}
export default page
