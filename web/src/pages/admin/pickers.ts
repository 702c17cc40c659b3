/** What an administrator's forms choose from: areas and units of the own area, found by name or code. */
import { dispatch, ok } from '@/api/client'

const SOME = 50

export async function findAreas(words: string) {
  const page = await ok(dispatch.GET('/areas', { params: { query: { words, limit: SOME } } }))
  const shown = [...page.path, ...page.items]
  return {
    items: shown.map((one) => ({ value: one.code, label: `${one.full_name} ${one.code}` })),
    more: page.next !== null,
  }
}

export async function findCommunities(words: string) {
  const query = { words, level: 'COMMUNITY' as const, limit: SOME }
  const page = await ok(dispatch.GET('/areas', { params: { query } }))
  return {
    items: page.items.map((one) => ({ value: one.code, label: `${one.full_name} ${one.code}` })),
    more: page.next !== null,
  }
}

export async function findUnits(words: string) {
  const page = await ok(dispatch.GET('/unit-register', { params: { query: { words, limit: SOME } } }))
  return {
    items: page.units.map((one) => ({ value: one.code, label: `${one.name} ${one.code}` })),
    more: page.next !== null,
  }
}
