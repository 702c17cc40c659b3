import type { components } from '@/api/schema/dispatch'

export type Action = components['schemas']['Action']
type ListName = 'Kind' | 'Urgency' | 'Policy' | 'Rung' | 'Satisfaction' | 'CallOutcome'

/** One thing that a move asks for. `list`: whose words to choose from; `of`: which of the city's choices. */
export type Part = { name: string; needed?: boolean } & (
  | { kind: 'text' | 'line' | 'unit' | 'units' | 'category' | 'moment' | 'day' | 'yes' | 'score' | 'case' }
  | { kind: 'words'; list: ListName }
  | { kind: 'values'; values: readonly string[] }
  | { kind: 'choice'; of: 'guidances' | 'closures' | 'returns' | 'suspensions' | 'lines' }
)

const note: Part = { name: 'note', kind: 'text' }
const noted: Part = { name: 'note', kind: 'text', needed: true }
const text: Part = { name: 'text', kind: 'text', needed: true }
const unit: Part = { name: 'unit', kind: 'unit', needed: true }
const facets: Part[] = [
  { name: 'category', kind: 'category' },
  { name: 'kind', kind: 'words', list: 'Kind' },
  { name: 'urgency', kind: 'words', list: 'Urgency' },
]

/** What each move asks for, in the order of its form. A move that is not here takes a note. */
export const PARTS: Partial<Record<Action, Part[]>> = {
  CLASSIFY: facets,
  RECLASSIFY: [...facets, { name: 'policy', kind: 'words', list: 'Policy' }, noted],
  DISPATCH: [unit, note],
  ANSWER: [{ name: 'answer', kind: 'text', needed: true }],
  GUIDE: [
    { name: 'reason', kind: 'choice', of: 'guidances', needed: true },
    { name: 'told', kind: 'text', needed: true },
    { name: 'repeat_of', kind: 'case' },
  ],
  TRANSFER: [{ name: 'line', kind: 'choice', of: 'lines' }, note],
  ASK_INFO: [noted],
  SUPPLY_INFO: [noted],
  TAKE_ON: [],
  SIGN: [],
  CONTACT: [
    { name: 'contacted_at', kind: 'moment', needed: true },
    { name: 'way', kind: 'values', values: ['PHONE', 'VISIT', 'MESSAGE'], needed: true },
    { name: 'outcome', kind: 'words', list: 'CallOutcome' },
    { name: 'reached', kind: 'yes' },
    note,
  ],
  FEEDBACK: [text],
  FILE_RESULT: [
    { name: 'reply_text', kind: 'text', needed: true },
    { name: 'finding', kind: 'text' },
    { name: 'factual', kind: 'yes' },
    { name: 'solved', kind: 'values', values: ['SOLVED', 'PARTLY', 'UNSOLVED'], needed: true },
    { name: 'unsolved_reason', kind: 'text' },
    { name: 'planned_for', kind: 'day' },
  ],
  ACCEPT_RESULT: [note],
  SEND_BACK_RESULT: [noted],
  ASK_RETURN: [
    { name: 'reason', kind: 'choice', of: 'returns', needed: true },
    { name: 'basis', kind: 'text', needed: true },
    unit,
  ],
  GRANT_RETURN: [{ name: 'unit', kind: 'unit' }, note],
  REJECT_RETURN: [noted],
  CONSULT: [noted],
  DESIGNATE: [unit, noted],
  ADD_CO_UNIT: [unit, { name: 'until', kind: 'moment', needed: true }, noted],
  DELEGATE: [unit, { name: 'until', kind: 'moment', needed: true }, noted],
  ANSWER_LEAD: [text, { name: 'late_reason', kind: 'text' }, { name: 'interim', kind: 'text' }],
  ASK_EXTENSION: [{ name: 'until', kind: 'moment', needed: true }, noted],
  GRANT_EXTENSION: [note],
  REJECT_EXTENSION: [noted],
  ASK_SUSPENSION: [
    { name: 'reason', kind: 'choice', of: 'suspensions', needed: true },
    { name: 'until', kind: 'moment', needed: true },
    noted,
  ],
  GRANT_SUSPENSION: [note],
  REJECT_SUSPENSION: [noted],
  RESUME: [note],
  PROPOSE_CLOSURE: [{ name: 'reason', kind: 'choice', of: 'closures', needed: true }, noted],
  REJECT_CLOSURE: [noted],
  CLOSE_REASONED: [{ name: 'reason', kind: 'choice', of: 'closures', needed: true }, noted],
  CLOSE_UNREACHED: [note],
  ANSWER_SURVEY: [
    { name: 'solved', kind: 'yes' },
    { name: 'satisfaction', kind: 'words', list: 'Satisfaction' },
    { name: 'comment', kind: 'text' },
  ],
  RECORD_ATTEMPT: [note],
  REWORK: [noted],
  WITHDRAW: [{ name: 'identity_checked', kind: 'yes' }, note],
  PROPOSE_VOID: [noted],
  VOID: [note],
  REOPEN: [noted],
  URGE: [noted],
  SUPERVISE: [{ name: 'rung', kind: 'words', list: 'Rung' }, noted],
  ANSWER_SUPERVISION: [text],
  MERGE: [{ name: 'main', kind: 'case', needed: true }, note],
  UNMERGE: [noted],
  WHISTLE: [
    { name: 'units', kind: 'units', needed: true },
    { name: 'level', kind: 'values', values: ['E0', 'E1', 'N'] },
    noted,
  ],
  GIVE_PLAN: [text],
  ANSWER_WHISTLE: [text],
  END_WHISTLE: [noted],
  RATE_UNIT: [unit, { name: 'score', kind: 'score', needed: true }, note],
  RATE_WHISTLE: [{ name: 'score', kind: 'score', needed: true }, { name: 'justified', kind: 'yes' }, note],
  RAISE: [noted],
}

/** Moves whose button stands out: what the case waits for. */
const MAIN: readonly Action[] = [
  'TAKE_ON',
  'DISPATCH',
  'SIGN',
  'CONTACT',
  'FILE_RESULT',
  'ACCEPT_RESULT',
  'GRANT_RETURN',
]
const GRAVE: readonly Action[] = ['PROPOSE_VOID', 'VOID', 'WITHDRAW']
const ORDER: readonly Action[] = [
  ...MAIN,
  ...([
    'GRANT_EXTENSION',
    'GRANT_SUSPENSION',
    'DESIGNATE',
    'CLASSIFY',
    'RECLASSIFY',
    'ANSWER',
    'ASK_INFO',
    'GUIDE',
  ] as const),
  ...([
    'REJECT_RETURN',
    'REJECT_EXTENSION',
    'REJECT_SUSPENSION',
    'SEND_BACK_RESULT',
    'CONSULT',
    'URGE',
    'SUPERVISE',
  ] as const),
]

export function weight(action: Action): 'main' | 'danger' | '' {
  return MAIN.includes(action) ? 'main' : GRAVE.includes(action) ? 'danger' : ''
}

/** The buttons in the order of their use; grave ones at the end. */
export function inOrder(actions: readonly Action[]): Action[] {
  const place = (action: Action) => {
    if (GRAVE.includes(action)) return 900
    const found = ORDER.indexOf(action)
    return found < 0 ? 500 : found
  }
  return [...actions].sort((one, other) => place(one) - place(other))
}

export function partsOf(action: Action): Part[] {
  return PARTS[action] ?? [note]
}
