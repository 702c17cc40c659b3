/** What a worker does with a case outside, and what each act asks for. The server says which ones there are. */
import type { Action, Purpose } from '@/offline/entry'

export type Field =
  | { name: string; kind: 'text'; needed?: boolean; rows?: number }
  | { name: string; kind: 'choice'; needed?: boolean; list: string; values: string[] }
  | { name: string; kind: 'reason'; needed: true }
  | { name: string; kind: 'yesno'; needed?: boolean }
  | { name: string; kind: 'day'; needed?: boolean }

export interface Form {
  fields: Field[]
  /** Photos go with it, for this purpose; before and after told apart where `pairs`. */
  photos?: Purpose
  pairs?: boolean
}

const note = (needed = true): Field => ({ name: 'note', kind: 'text', needed, rows: 3 })
const OUTCOMES = ['REACHED', 'NO_ANSWER', 'BUSY', 'SWITCHED_OFF', 'DECLINED', 'WRONG_NUMBER']

export const FORMS: Partial<Record<Action, Form>> = {
  SIGN: { fields: [] },
  PASS_CHECK: { fields: [note()], photos: 'RESULT', pairs: true },
  FAIL_CHECK: { fields: [note()], photos: 'RESULT', pairs: true },
  ANSWER_VERIFY: { fields: [{ name: 'found', kind: 'yesno', needed: true }, note()], photos: 'RESULT' },
  CONTACT: {
    fields: [
      { name: 'way', kind: 'choice', needed: true, list: 'field.way', values: ['VISIT', 'PHONE', 'MESSAGE'] },
      { name: 'outcome', kind: 'choice', list: 'CallOutcome', values: OUTCOMES },
      note(false),
    ],
    photos: 'CONTACT',
  },
  FEEDBACK: { fields: [{ name: 'text', kind: 'text', needed: true, rows: 4 }] },
  FILE_RESULT: {
    fields: [
      { name: 'reply_text', kind: 'text', needed: true, rows: 4 },
      { name: 'finding', kind: 'text', rows: 3 },
      { name: 'factual', kind: 'yesno', needed: true },
      { name: 'solved', kind: 'choice', needed: true, list: 'field.solved', values: ['SOLVED', 'PARTLY', 'UNSOLVED'] },
      { name: 'unsolved_reason', kind: 'text', rows: 2 },
      { name: 'planned_for', kind: 'day' },
    ],
    photos: 'RESULT',
    pairs: true,
  },
  SETTLE: { fields: [{ name: 'evidence', kind: 'text', needed: true, rows: 3 }], photos: 'RESULT', pairs: true },
  CALL: { fields: [note()], photos: 'GRID' },
  ASK_RETURN: {
    fields: [
      { name: 'reason', kind: 'reason', needed: true },
      { name: 'basis', kind: 'text', needed: true, rows: 2 },
      note(false),
    ],
  },
  RAISE: { fields: [note()] },
  RESUME: { fields: [note(false)] },
  ANSWER_LEAD: { fields: [{ name: 'text', kind: 'text', needed: true, rows: 3 }] },
}

/** Those of the allowed acts that this page knows, the likeliest first. */
export function known(allowed: readonly Action[]): Action[] {
  return (Object.keys(FORMS) as Action[]).filter((action) => allowed.indexOf(action) >= 0)
}

/** The main act is the page's large button. */
export const MAIN: readonly Action[] = ['SIGN', 'PASS_CHECK', 'ANSWER_VERIFY', 'FILE_RESULT']
