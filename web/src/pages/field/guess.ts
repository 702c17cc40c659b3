/** 分类建议: the two likeliest categories, by the server's reading where there is a network, else by the phone's own. */
import { shallowRef } from 'vue'
import { dispatch, ok } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema/dispatch'
import { outbox, vault } from './state'

type Lists = components['schemas']['FieldLists']
export type Category = Lists['categories'][number]

export const lists = shallowRef<Lists>({ categories: [], return_reasons: [] })
const used = shallowRef<string[]>([])
const MOST_USED = 20

export async function readLists(): Promise<void> {
  const kept = await vault().recall<Lists>('lists')
  if (kept) lists.value = kept
  used.value = (await vault().recall<string[]>('used')) ?? []
  if (!outbox().owner) return
  try {
    lists.value = await ok(dispatch.GET('/field/lists'))
    await vault().keep('lists', lists.value)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
}

export function nameOf(code: string | null): string {
  return lists.value.categories.find((one) => one.code === code)?.name ?? ''
}

/** Categories that a case may have: those below a first-level line. */
export function choices(): Category[] {
  return lists.value.categories.filter((one) => one.parent)
}

export async function noteUse(code: string): Promise<void> {
  used.value = [code, ...used.value].slice(0, MOST_USED)
  await vault().keep('used', used.value)
}

/** Two codes, likeliest first. */
export async function suggest(text: string): Promise<string[]> {
  const own = ranked(text, choices(), used.value)
  if (text.trim().length < 2 || !outbox().owner) return two(own)
  try {
    const found = await ok(dispatch.GET('/categories/suggest', { params: { query: { text } } }))
    const told = found.categories.map((one) => one.category)
    return two([...told, ...own])
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return two(own)
  }
}

/** The first two; where there is but one, its neighbour in the tree. */
function two(codes: string[]): string[] {
  const parent = choices().find((one) => one.code === codes[0])?.parent
  const near = choices().filter((one) => one.parent === parent)
  const all = [...codes, ...(codes.length ? near.map((one) => one.code) : [])]
  return all.filter((code, at) => all.indexOf(code) === at).slice(0, 2)
}

/** By the characters in pairs that text and name share, then by what this worker used of late. */
export function ranked(text: string, known: Category[], recent: string[]): string[] {
  const said = pairs(text)
  const scored = known.map((one) => {
    const shared = Array.from(pairs(one.name)).filter((pair) => said.has(pair)).length
    const lately = recent.filter((code) => code === one.code).length
    return { code: one.code, score: shared * 10 + lately }
  })
  scored.sort((one, other) => other.score - one.score || one.code.localeCompare(other.code))
  return scored
    .filter((one) => one.score > 0)
    .slice(0, 2)
    .map((one) => one.code)
}

function pairs(text: string): Set<string> {
  const found = new Set<string>()
  for (let at = 0; at + 1 < text.length; at++) found.add(text.slice(at, at + 2))
  return found
}
