import { ref, shallowReactive } from 'vue'
import { textFiles } from '@/ui/text_files'

export type Language = 'zh-CN' | 'en'
export type Sentences = Record<string, string>

const kept = shallowReactive<Record<string, Sentences>>({})
const parts = new Set<string>()

/** The reader's language; remembered together with the plain pages' choice. */
export const language = ref<Language>(firstLanguage())

function firstLanguage(): Language {
  const chosen = recall('gridcall.language')
  if (chosen === 'zh-CN' || chosen === 'en') return chosen
  return /^en/i.test(navigator.language) ? 'en' : 'zh-CN'
}

/** What this browser remembers under a key; null where it may not remember. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    return
  }
}

/** Loads the sentences of these parts (file names in src/locales) in the present language. */
export async function loadTexts(...wanted: string[]): Promise<void> {
  wanted.forEach((part) => parts.add(part))
  await Promise.all(wanted.map((part) => loadPart(language.value, part)))
}

async function loadPart(spoken: Language, part: string): Promise<void> {
  const load = textFiles[`../locales/${spoken}/${part}.json`]
  if (load && !kept[`${spoken}.${part}`]) kept[`${spoken}.${part}`] = await load()
}

export async function useLanguage(next: Language): Promise<void> {
  await Promise.all([...parts].map((part) => loadPart(next, part)))
  language.value = next
  remember('gridcall.language', next)
  document.documentElement.lang = next
}

/** The sentence `part.key`; {name} is replaced from `values`. An unknown key shows itself. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const [part, ...rest] = key.split('.')
  const sentence = kept[`${language.value}.${part}`]?.[rest.join('.')]
  if (sentence === undefined) return key
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** A term of the field, such as `word('Status', 'DRAFT')`; a value without a word shows itself. */
export function word(list: string, value: string | null | undefined): string {
  if (!value) return ''
  return kept[`${language.value}.words`]?.[`${list}.${value}`] ?? value
}

/** All terms of a list with their words, in the order of the rules. */
export function wordsOf(list: string): { value: string; label: string }[] {
  const start = `${list}.`
  return Object.entries(kept[`${language.value}.words`] ?? {})
    .filter(([key]) => key.startsWith(start))
    .map(([key, label]) => ({ value: key.slice(start.length), label }))
}
