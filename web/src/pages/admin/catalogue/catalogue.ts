import type { components } from '@/api/schema/dispatch'
import { t, word } from '@/ui/texts'

export type CatalogueEntry = components['schemas']['CatalogueEntry']
type Demand = components['schemas']['DemandView']

const MARKS = ['retired', 'confidential', 'minor', 'restricted'] as const

/** What sets a category apart, as keys of its texts. */
export const marksOf = (entry: CatalogueEntry) => MARKS.filter((mark) => entry[mark])

/** All that a category is found by: its path, departments and marks, as they are read on the page. */
export function wordsOf(entry: CatalogueEntry, names: Map<string, string>): string {
  const marks = marksOf(entry).map((mark) => t(`catalogue.${mark}`))
  const said = [entry.code, names.get(entry.parent), entry.name, ...entry.lead, ...entry.co_units, ...marks]
  return [...said, entry.note, entry.urgency_note, entry.legal_basis].join(' ')
}

/** 取证: what a move has to show, and when, in one line. */
export function demandWords(one: Demand): string {
  const when = [
    word('Action', one.action),
    one.urgency && word('Urgency', one.urgency),
    one.kind && word('Kind', one.kind),
    one.way && t(`case.way.${one.way}`),
  ]
  const what = [
    one.photos && t('case.files.photos', { n: one.photos }),
    one.before_after && t('case.files.beforeAfter'),
    one.within_m && t('case.files.within', { n: one.within_m }),
    one.call_outcome && t('catalogue.callOutcome'),
  ]
  return t('catalogue.demand', { when: when.filter(Boolean).join(' '), what: what.filter(Boolean).join('，') })
}
