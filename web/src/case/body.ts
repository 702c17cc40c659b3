/** From what was typed to what the API takes: empty fields and fields that are not shown are left out. */
import type { Action, Field } from './forms'
import { FORMS } from './forms'
import { instant } from './moment'

export type Typed = Record<string, unknown>

/** What the form is about: one case as it was seen, or, where left out, several at once. */
export type Subject = { version: number; kind?: string | null } | undefined

export function shown(action: Action, form: Typed, about: Subject): Field[] {
  const single = (field: Field) => field.kind !== 'files' || about !== undefined
  return (FORMS[action]?.fields ?? []).filter((field) => single(field) && (field.when?.(form, about?.kind) ?? true))
}

export function bodyOf(action: Action, form: Typed, about: Subject): Record<string, unknown> {
  const body: Record<string, unknown> = about ? { action, version: about.version } : { action }
  for (const field of shown(action, form, about)) {
    const value = valueOf(field, form[field.name])
    if (value !== undefined) body[field.name] = value
  }
  if (action === 'CONTACT' && form['way'] === 'PHONE') body['reached'] = form['outcome'] === 'REACHED'
  return body
}

function valueOf(field: Field, given: unknown): unknown {
  if (field.kind === 'moment') return instant(given)
  if (field.kind === 'yes') return given === 'yes' ? true : given === 'no' ? false : undefined
  if (field.kind === 'tick') return given === true
  if (field.kind === 'score') return given ? Number(given) : undefined
  if (field.kind === 'files') return (given as { id: string }[] | undefined)?.map((file) => file.id) ?? []
  if (field.kind === 'units') return given ?? []
  if (field.name === 'no') return given ? Number(given) : undefined
  return typeof given === 'string' && given.trim() ? given.trim() : undefined
}

/** The fields that have to be filled and are not. */
export function missing(action: Action, form: Typed, about: Subject): string[] {
  return shown(action, form, about)
    .filter((field) => field.needed && isEmpty(field, valueOf(field, form[field.name])))
    .map((field) => field.name)
}

function isEmpty(field: Field, value: unknown): boolean {
  if (field.kind === 'tick') return value !== true
  return value === undefined || (Array.isArray(value) && value.length === 0)
}
