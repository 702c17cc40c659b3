/** 动作表单: what each move of a case asks its person, as casework/rules/asks.py takes it. Nothing else lists fields. */
import type { components } from '@/api/schema/dispatch'

export type Action = components['schemas']['Action']
export type FieldKind =
  | ('text' | 'line' | 'unit' | 'units' | 'category' | 'reason' | 'word')
  | ('moment' | 'day' | 'yes' | 'tick' | 'score' | 'files')

export interface Field {
  name: string
  kind: FieldKind
  /** Its key in `case.field.*`; its own name where left out. */
  label?: string
  needed?: boolean
  /** Whether it is begun with the present moment, or yes. */
  preset?: 'now' | 'yes'
  /** For `word`: the list of words and those of it to choose from. For `reason`: the list of choices. */
  list?: string
  options?: readonly string[]
  /** Shown only where this is so; `kind` is the case's 诉求类型, none for several cases at once. */
  when?: (form: Record<string, unknown>, kind?: string | null) => boolean
}

export interface MoveShape {
  fields: readonly Field[]
  /** Whether it ends or takes something away: drawn so, and asked once more by its own form. */
  grave?: boolean
  /** 附件用途 where files go with it. */
  purpose?: 'CONTACT' | 'RESULT' | 'REQUEST' | 'GRID'
}

const URGENCIES = ['E0', 'E1', 'N', 'C'] as const
const KINDS = ['CONSULT', 'HELP', 'COMPLAINT', 'REPORT', 'SUGGESTION', 'PRAISE', 'OTHER'] as const
const GRADES = ['VERY_GOOD', 'GOOD', 'FAIR', 'BAD', 'VERY_BAD'] as const
const SOLVED = ['SOLVED', 'PARTLY', 'UNSOLVED'] as const
const ADOPTIONS = ['ADOPTED', 'PARTLY', 'NOT_ADOPTED'] as const
const CALLS = ['REACHED', 'NO_ANSWER', 'BUSY', 'SWITCHED_OFF', 'DECLINED', 'WRONG_NUMBER'] as const

const files: Field = { name: 'attachments', kind: 'files' }
const note: Field = { name: 'note', kind: 'text' }
const reason = (label = 'why'): Field => ({ name: 'note', kind: 'text', label, needed: true })
const unit = (label: string, needed = true): Field => ({ name: 'unit', kind: 'unit', label, needed })
const until = (label: string): Field => ({ name: 'until', kind: 'moment', label, needed: true })
const said = (label: string): Field => ({ name: 'text', kind: 'text', label, needed: true })
const score = (label: string): Field => ({ name: 'score', kind: 'score', label, needed: true })
const facets: readonly Field[] = [
  { name: 'kind', kind: 'word', list: 'Kind', options: KINDS },
  { name: 'category', kind: 'category' },
  { name: 'urgency', kind: 'word', list: 'Urgency', options: URGENCIES },
  { name: 'area_code', kind: 'line' },
]
const closing: readonly Field[] = [
  { name: 'reason', kind: 'reason', list: 'closures', needed: true },
  reason('explain'),
]

export const FORMS: Partial<Record<Action, MoveShape>> = {
  // 中心
  TAKE_ON: { fields: [note] },
  CLASSIFY: { fields: [...facets, note] },
  RECLASSIFY: {
    fields: [
      ...facets,
      { name: 'policy', kind: 'word', list: 'Policy', options: ['KEEP', 'EXTEND_ONLY', 'RECOMPUTE'], needed: true },
      reason(),
    ],
  },
  ANSWER: {
    fields: [
      { name: 'answer', kind: 'text' },
      { name: 'knowledge_item', kind: 'line' },
    ],
  },
  GUIDE: {
    fields: [
      { name: 'reason', kind: 'reason', list: 'guidances', needed: true },
      { name: 'told', kind: 'text', needed: true },
      { name: 'repeat_of', kind: 'line', when: (form) => form['reason'] === 'NA04' },
    ],
  },
  TRANSFER: { fields: [{ name: 'line', kind: 'reason', list: 'lines' }, note], grave: true },
  ASK_INFO: { fields: [reason('missing')] },
  SUPPLY_INFO: { fields: [reason('supplied'), files], purpose: 'REQUEST' },
  DISPATCH: { fields: [unit('leadUnit', false), note] },
  SPLIT: { fields: [{ name: 'matter', kind: 'text', needed: true }, ...facets, reason()] },
  FORWARD: { fields: [unit('praisedUnit'), note] },
  SCREEN: {
    fields: [
      { name: 'units', kind: 'units', label: 'reportedUnits' },
      { name: 'no_unit', kind: 'tick' },
      { name: 'title', kind: 'line', label: 'cleanTitle' },
      { name: 'text', kind: 'text', label: 'cleanText' },
      { name: 'confirmed', kind: 'tick' },
    ],
  },
  ASK_VERIFY: { fields: [{ name: 'grid', kind: 'line' }, note] },
  MERGE: { fields: [{ name: 'main', kind: 'line', needed: true }, note] },
  UNMERGE: { fields: [reason()] },
  WITHDRAW: { fields: [{ name: 'identity_checked', kind: 'tick', needed: true }, note], grave: true },
  PROPOSE_VOID: { fields: [reason()], grave: true },
  VOID: { fields: [note], grave: true },
  REOPEN: { fields: [reason('newFact')] },
  URGE: { fields: [reason('urge')] },
  GRANT_RETURN: { fields: [unit('newUnit', false), note] },
  REJECT_RETURN: { fields: [reason()] },
  CONSULT: { fields: [reason('dispute')] },
  DESIGNATE: { fields: [unit('leadUnit'), reason('conclusion')] },
  GRANT_EXTENSION: { fields: [note] },
  REJECT_EXTENSION: { fields: [reason()] },
  GRANT_SUSPENSION: { fields: [note] },
  REJECT_SUSPENSION: { fields: [reason()] },
  ACCEPT_RESULT: { fields: [note] },
  SEND_BACK_RESULT: { fields: [reason('missing')] },
  SUPERVISE: {
    fields: [
      {
        name: 'rung',
        kind: 'word',
        list: 'Rung',
        options: ['WRITTEN', 'ON_SITE', 'LISTED', 'TALK', 'DISCIPLINE'],
        needed: true,
      },
      reason('asked'),
    ],
  },
  // 承办单位
  SIGN: { fields: [note] },
  CONTACT: {
    fields: [
      { name: 'contacted_at', kind: 'moment', needed: true, preset: 'now' },
      { name: 'way', kind: 'word', list: 'way', options: ['PHONE', 'VISIT', 'MESSAGE'], needed: true },
      { name: 'outcome', kind: 'word', list: 'CallOutcome', options: CALLS, when: (form) => form['way'] === 'PHONE' },
      { name: 'reached', kind: 'yes', preset: 'yes', when: (form) => form['way'] !== 'PHONE' },
      { ...note, label: 'talk' },
      files,
    ],
    purpose: 'CONTACT',
  },
  FEEDBACK: { fields: [said('toCitizen'), { name: 'planned_for', kind: 'day' }] },
  ASK_BACKDATED: {
    fields: [
      { name: 'step', kind: 'word', list: 'Backdated', options: ['CONTACT', 'FEEDBACK', 'VISIT'], needed: true },
      { name: 'happened_at', kind: 'moment', needed: true },
      reason('whyLate'),
    ],
  },
  CONFIRM_BACKDATED: { fields: [note] },
  REJECT_BACKDATED: { fields: [reason()] },
  GRANT_LEDGER: { fields: [note] },
  REJECT_LEDGER: { fields: [reason()] },
  REVIEW_LEDGER: { fields: [{ name: 'until', kind: 'moment', label: 'newPlan' }, reason('soFar')] },
  TAKE_OFF_LEDGER: { fields: [reason('nowPossible')] },
  FILE_RESULT: {
    fields: [
      { name: 'reply_text', kind: 'text', needed: true },
      { name: 'finding', kind: 'text' },
      { name: 'factual', kind: 'yes', needed: true, when: notSuggested },
      { name: 'solved', kind: 'word', list: 'solved', options: SOLVED, needed: true, when: notSuggested },
      { name: 'adoption', kind: 'word', list: 'Adoption', options: ADOPTIONS, needed: true, when: suggested },
      { name: 'unsolved_reason', kind: 'text', needed: true, when: notSolved },
      { name: 'planned_for', kind: 'day', when: notSolved },
      files,
    ],
    purpose: 'RESULT',
  },
  SETTLE: { fields: [{ name: 'evidence', kind: 'text', needed: true }, files], purpose: 'RESULT' },
  CALL: { fields: [reason('needed'), files], purpose: 'GRID' },
  ASK_RETURN: {
    fields: [
      { name: 'reason', kind: 'reason', list: 'returns', needed: true },
      { name: 'basis', kind: 'text', needed: true },
      unit('suggestedUnit'),
      note,
    ],
  },
  ADD_CO_UNIT: { fields: [unit('coUnit'), until('innerDue'), reason('task')] },
  DELEGATE: { fields: [unit('lowerUnit'), until('innerDue'), reason('task')] },
  ANSWER_LEAD: {
    fields: [said('answerLead'), { name: 'late_reason', kind: 'text' }, { name: 'interim', kind: 'text' }],
  },
  ASK_EXTENSION: { fields: [until('newDue'), reason('citizenReason')] },
  ASK_SUSPENSION: {
    fields: [
      { name: 'reason', kind: 'reason', list: 'suspensions', needed: true },
      until('suspendedUntil'),
      reason('awaited'),
    ],
  },
  ASK_LEDGER: {
    fields: [
      { name: 'reason', kind: 'reason', list: 'listings', needed: true },
      { name: 'measures', kind: 'text', needed: true },
      until('plannedUntil'),
      note,
    ],
  },
  RESUME: { fields: [note] },
  ANSWER_SUPERVISION: { fields: [said('done')] },
  RAISE: { fields: [reason()] },
  PASS_CHECK: { fields: [reason('seen'), files], purpose: 'RESULT' },
  FAIL_CHECK: { fields: [reason('wrong'), files], purpose: 'RESULT' },
  // 吹哨
  WHISTLE: {
    fields: [
      { name: 'units', kind: 'units', needed: true },
      reason('whistleMatter'),
      { name: 'level', kind: 'word', list: 'Urgency', options: ['E0', 'E1', 'N'], needed: true },
    ],
  },
  REPORT_IN: { fields: [note] },
  GIVE_PLAN: { fields: [said('plan')] },
  ANSWER_WHISTLE: { fields: [said('done')] },
  END_WHISTLE: { fields: [{ name: 'no', kind: 'line', label: 'whistleNo' }, reason('ending')] },
  RATE_UNIT: { fields: [unit('ratedUnit'), score('score'), note] },
  RATE_WHISTLE: { fields: [{ name: 'justified', kind: 'yes', needed: true }, score('score'), note] },
  // 回访
  ANSWER_SURVEY: {
    fields: [
      { name: 'solved', kind: 'yes', label: 'surveySolved', needed: true },
      { name: 'satisfaction', kind: 'word', list: 'Satisfaction', options: GRADES },
      { name: 'comment', kind: 'text' },
    ],
  },
  ANSWER_RECTIFICATION: { fields: [said('rectified')] },
  ACCEPT_RECTIFICATION: { fields: [note] },
  SEND_BACK_RECTIFICATION: { fields: [reason('missing')] },
  RECORD_ATTEMPT: { fields: [{ ...note, label: 'attempt' }] },
  CLOSE_UNREACHED: { fields: [note], grave: true },
  CLOSE_REASONED: { fields: closing, grave: true },
  PROPOSE_CLOSURE: { fields: closing, grave: true },
  REJECT_CLOSURE: { fields: [reason()] },
  REWORK: { fields: [reason()] },
}

type Asked = NonNullable<Field['when']>

function suggested(...[, kind]: Parameters<Asked>): boolean {
  return kind === 'SUGGESTION'
}

function notSuggested(...[, kind]: Parameters<Asked>): boolean {
  return kind !== 'SUGGESTION'
}

function notSolved(form: Record<string, unknown>): boolean {
  const became = form['solved'] ?? form['adoption']
  return became === 'PARTLY' || became === 'UNSOLVED' || became === 'NOT_ADOPTED'
}

/** The order in which buttons stand: what moves a case on first, what takes it away last. */
const RANK: readonly Action[] = [
  ...(['SIGN', 'CONTACT', 'FILE_RESULT', 'ANSWER_LEAD', 'ANSWER_SUPERVISION'] as const),
  ...(['ANSWER_RECTIFICATION', 'ACCEPT_RECTIFICATION', 'SEND_BACK_RECTIFICATION'] as const),
  ...(['REPORT_IN', 'GIVE_PLAN', 'ANSWER_WHISTLE', 'PASS_CHECK', 'FAIL_CHECK'] as const),
  ...(['ANSWER_SURVEY', 'RECORD_ATTEMPT', 'REWORK'] as const),
  ...(['SCREEN', 'TAKE_ON', 'DISPATCH', 'ACCEPT_RESULT', 'SEND_BACK_RESULT'] as const),
  ...(['GRANT_RETURN', 'REJECT_RETURN', 'DESIGNATE'] as const),
  ...(['GRANT_EXTENSION', 'REJECT_EXTENSION', 'GRANT_SUSPENSION', 'REJECT_SUSPENSION', 'RESUME'] as const),
  ...(['CLASSIFY', 'RECLASSIFY', 'ANSWER', 'ASK_INFO', 'GUIDE', 'FORWARD', 'FEEDBACK', 'SETTLE'] as const),
  ...(['CONSULT', 'URGE', 'SUPERVISE'] as const),
]

/** The reader's moves in the order of use; those that have no form here cannot be made on these pages. */
export function inOrder(allowed: readonly Action[]): Action[] {
  const place = (action: Action) => {
    const found = RANK.indexOf(action)
    return (found < 0 ? RANK.length : found) + (FORMS[action]?.grave ? 100 : 0)
  }
  return allowed.filter((action) => FORMS[action]).sort((one, other) => place(one) - place(other))
}
