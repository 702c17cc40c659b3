/** Who may answer for a grid: to choose from. */
import { dispatch, ok } from '@/api/client'
import type { components } from '@/api/schema/dispatch'

type Person = components['schemas']['GridView']['workers'][number]
export interface Manned {
  [field: string]: unknown
  name: string
  kind: components['schemas']['GridKind']
  leader: string
  cadre: string
  workers: string[]
}

export const offer = (one: Person) => ({ value: one.login, label: `${one.name}（${one.login}）` })

export const findPeople = (place: string, part: 'leader' | 'cadre' | 'worker') => async (words: string) => {
  const page = await ok(dispatch.GET('/grids/people', { params: { query: { place, part, words } } }))
  return { items: page.items.map(offer), more: page.next !== null }
}

/** As the API takes it. */
export const manned = (form: Manned) => ({
  name: form.name,
  kind: form.kind,
  leader: form.leader || null,
  cadre: form.cadre || null,
  workers: form.workers,
})
