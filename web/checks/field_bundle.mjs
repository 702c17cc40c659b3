/**
 * The field page's bundle as old phones read it (Chrome 61, iOS 11): its syntax, what it calls, its size, and that
 * nothing in it is loaded later. Run after the build: `node checks/field_bundle.mjs`; each fault is one line.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { parse } from 'acorn'

const FOLDER = new URL('../dist/field-assets/', import.meta.url)
const MOST_KB = 180

/** Came after Chrome 61 or iOS 11, and are not made up for in src/offline/older.ts: functions of objects, globals. */
const STATIC = new Set([
  ...['Promise.allSettled', 'Promise.any', 'Promise.withResolvers', 'Object.hasOwn', 'Object.groupBy', 'Map.groupBy'],
  ...['Array.fromAsync', 'crypto.randomUUID', 'navigator.locks', 'AbortSignal.timeout', 'AbortSignal.any'],
])
const METHODS = new Set([
  ...['flat', 'flatMap', 'matchAll', 'replaceAll', 'at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed'],
  ...['toSpliced', 'trimStart', 'trimEnd', 'replaceChildren', 'arrayBuffer', 'getOrInsert', 'isSubsetOf'],
])
const GLOBALS = new Set([
  'structuredClone',
  'queueMicrotask',
  'WeakRef',
  'FinalizationRegistry',
  'ResizeObserver',
  'BigInt',
])
/** The typed client reads an answer's bytes so, which nobody here asks it for. */
const ASKED_FIRST = new Set(['arrayBuffer'])

function walk(node, visit) {
  if (Array.isArray(node)) node.forEach((one) => walk(one, visit))
  else if (node && typeof node === 'object' && 'type' in node) {
    visit(node)
    for (const [key, value] of Object.entries(node)) if (key !== 'type') walk(value, visit)
  }
}

/** Vue's own reactive arrays pass such calls on, when somebody makes them: `reactiveReadArray(this).toSorted()`. */
function isOfVue(owner) {
  return owner.type === 'CallExpression' && owner.arguments.length === 1 && owner.arguments[0].type === 'ThisExpression'
}

/** What an old phone would stumble over, one line each. */
export function faultsOf(code) {
  let tree
  try {
    tree = parse(code, { ecmaVersion: 2017, sourceType: 'module' })
  } catch (error) {
    return [`syntax: ${String(error)} near ${code.slice(Math.max(0, error.pos - 60)).slice(0, 120)}`]
  }
  const faults = new Set()
  walk(tree, (node) => {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return
    const { callee } = node
    if (callee.type === 'Identifier' && GLOBALS.has(callee.name)) faults.add(`calls ${callee.name}`)
    if (callee.type !== 'MemberExpression' || callee.computed) return
    const { name } = callee.property
    const owner = callee.object
    const whole = owner.type === 'Identifier' ? `${owner.name}.${name}` : ''
    if (STATIC.has(whole)) faults.add(`calls ${whole}`)
    else if (METHODS.has(name) && !isOfVue(owner) && !ASKED_FIRST.has(name))
      faults.add(`calls .${name}() as ${code.slice(node.start, node.end).slice(0, 80)}`)
  })
  return [...faults]
}

function main() {
  const scripts = readdirSync(FOLDER).filter((name) => name.endsWith('.js'))
  const codes = scripts.map((name) => readFileSync(new URL(name, FOLDER), 'utf-8'))
  const size = Math.round(codes.reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0) / 1024)
  const faults = codes.flatMap(faultsOf)
  if (scripts.length !== 1) faults.push(`${scripts.length} scripts: old phones cannot load a part later`)
  if (size > MOST_KB) faults.push(`${size} kB gzipped, more than ${MOST_KB}`)
  faults.forEach((fault) => console.error(fault))
  console.log(`field bundle: ${size} kB gzipped with the map; ${faults.length || 'no'} fault(s)`)
  return faults.length ? 1 : 0
}

if (process.argv[1]?.endsWith('field_bundle.mjs')) process.exitCode = main()
