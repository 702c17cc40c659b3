// Every sentence in both languages, with the same places to fill, and none that the pages name and nobody wrote.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const SOURCE = join(__dirname, '..', 'src')
const parts = readdirSync(join(SOURCE, 'locales', 'zh-CN')).sort()

function read(language: string, part: string): Record<string, string> {
  return JSON.parse(readFileSync(join(SOURCE, 'locales', language, part), 'utf-8'))
}

function places(sentence: string): string[] {
  return [...sentence.matchAll(/\{(\w+)\}/g)].map((found) => found[1] as string).sort()
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'schema' ? [] : sources(path)
    return /\.(ts|vue)$/.test(entry.name) ? [path] : []
  })
}

test('both languages have the same parts', () => {
  expect(readdirSync(join(SOURCE, 'locales', 'en')).sort()).toEqual(parts)
})

describe.each(parts)('%s', (part) => {
  const [zh, en] = [read('zh-CN', part), read('en', part)]

  test('has the same keys in both languages, none empty', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
    expect([...Object.values(zh), ...Object.values(en)].filter((sentence) => !sentence.trim())).toEqual([])
  })

  test('has the same places to fill in both languages', () => {
    for (const key of Object.keys(zh)) expect([key, places(en[key] ?? '')]).toEqual([key, places(zh[key] ?? '')])
  })
})

test('every sentence that a page names is written', () => {
  const known = new Set(
    parts.flatMap((part) => Object.keys(read('zh-CN', part)).map((key) => `${part.replace('.json', '')}.${key}`)),
  )
  const named = sources(SOURCE).flatMap((path) =>
    [...readFileSync(path, 'utf-8').matchAll(/\bt\(\s*'([\w.-]+)'/g)].map((found) => found[1] as string),
  )
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((key) => !known.has(key))).toEqual([])
})
