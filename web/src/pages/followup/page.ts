import type { Page } from '@/ui/pages'

const page: Page = {
  name: 'followup',
  path: '/followup',
  order: 3,
  roles: ['FOLLOW_UP'],
  texts: ['followup', 'case'],
  component: () => import('./FollowUp.vue'),
}
export default page
