/** 派单规则 as the form has them: every field a text or a list of codes, so that a draft keeps what was typed. */
import { useQuery } from '@tanstack/vue-query'
import { dispatch, ok } from '@/api/client'
import type { components } from '@/api/schema/dispatch'
import { language, t, word } from '@/ui/texts'

export type RuleView = components['schemas']['RuleView']
export type RuleShown = components['schemas']['RuleShown']
export type RuleForm = components['schemas']['RuleForm']
export type Choices = components['schemas']['RuleChoices']

export const TEXTS = ['id', 'area', 'category', 'hours', 'season', 'unit', 'limit'] as const
const PLAIN = [
  ...TEXTS,
  ...([
    'kind',
    'urgency',
    'place_type',
    'owner',
    'days',
    'department',
    'legal_basis',
    'valid_from',
    'valid_to',
  ] as const),
  'note',
] as const

export type Typed = Record<(typeof PLAIN)[number], string> & {
  priority: string
  keywords: string
  level: string
  co_units: string[]
  co_departments: string[]
  why: string
}

/** What a form begins with: nothing, or a rule as it stands. */
export function typedOf(rule: Partial<RuleShown>): Typed {
  const plain = Object.fromEntries(PLAIN.map((name) => [name, rule[name] ?? ''])) as Record<
    (typeof PLAIN)[number],
    string
  >
  return {
    ...plain,
    department: rule.unit ? '' : plain.department,
    priority: String(rule.priority ?? 200),
    keywords: (rule.keywords ?? []).join('、'),
    level: rule.level ?? 'COUNTY',
    co_units: [...(rule.co_units ?? [])],
    co_departments: [...(rule.co_departments ?? [])],
    why: '',
  }
}

/** The rule that the server is asked to judge; what is empty asks nothing. */
export function ruleOf(typed: Typed): RuleForm {
  return {
    ...(Object.fromEntries(PLAIN.map((name) => [name, typed[name].trim() || null])) as unknown as RuleForm),
    id: typed.id.trim(),
    area: typed.area.trim(),
    category: typed.category.trim(),
    limit: typed.limit.trim(),
    legal_basis: typed.legal_basis.trim(),
    note: typed.note.trim(),
    department: typed.unit ? null : typed.department || null,
    priority: Number(typed.priority),
    level: typed.level as RuleForm['level'],
    keywords: typed.keywords.split(/[、，,;；\n]/).flatMap((one) => one.trim() || []),
    co_units: typed.co_units,
    co_departments: typed.co_departments,
  }
}

/** The sentence of a field's fault, also where one of its several words is wrong. */
export function faultOf(faults: Record<string, string>, name: string): string | undefined {
  return faults[name] ?? Object.entries(faults).find(([path]) => path.includes(`.${name}.`))?.[1]
}

export function useRuleChoices() {
  return useQuery({
    queryKey: ['rule-choices', language],
    queryFn: () => ok(dispatch.GET('/dispatch-rules/choices')),
    staleTime: 600_000,
  })
}

/** 5wd → 5个工作日; what is written in two parts stays as it is. */
export function limitWords(limit: string): string {
  const found = /^(\d+)(wd|wm|d|h|m)$/.exec(limit)
  return found ? t(`admin.limit.${found[2]}`, { n: found[1] as string }) : limit
}

/** What a rule asks of a case, each in words. */
export function conditions(rule: RuleShown, choices: Choices | undefined): string[] {
  const name = (list: 'areas' | 'categories' | 'place_types' | 'owners', code: string) =>
    choices?.[list].find((one) => one.code === code)?.name ?? code
  return [
    rule.area && name('areas', rule.area),
    rule.category && `${rule.category} ${name('categories', rule.category)}`,
    word('Kind', rule.kind),
    word('Urgency', rule.urgency),
    rule.keywords?.length ? t('admin.rules.anyOf', { words: rule.keywords.join('、') }) : '',
    rule.place_type && name('place_types', rule.place_type),
    rule.owner && name('owners', rule.owner),
    rule.hours,
    rule.season,
    rule.days && t(`admin.rules.days.${rule.days}`),
    rule.valid_from && t('admin.rules.from', { day: rule.valid_from }),
    rule.valid_to && t('admin.rules.until', { day: rule.valid_to }),
  ].flatMap((one) => one || [])
}
