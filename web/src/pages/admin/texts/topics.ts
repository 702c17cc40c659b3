/** 通知主题 in words: most are a move, a record or a warning of a clock, which have their words already. */
import type { components } from '@/api/schema/notify'
import { t, word } from '@/ui/texts'

export type WordingView = components['schemas']['WordingView']
export type WordingNow = components['schemas']['WordingNow']
export type Lang = WordingNow['lang']
export const LANGS: readonly Lang[] = ['zh-CN', 'en']
const OF_ITS_OWN = {
  ALARM: 'admin.wordings.topic.ALARM',
  BULLETIN_OUT: 'admin.wordings.topic.BULLETIN_OUT',
  CADRE_SERIOUS: 'admin.wordings.topic.CADRE_SERIOUS',
  DISPUTE_LINK_LATE: 'admin.wordings.topic.DISPUTE_LINK_LATE',
  KNOWLEDGE_MEND: 'admin.wordings.topic.KNOWLEDGE_MEND',
  RECTIFY: 'admin.wordings.topic.RECTIFY',
  WORKER_LEFT: 'admin.wordings.topic.WORKER_LEFT',
} as const
const PARTS = [
  ['CLOCK_', 'Stage'],
  ['DISPUTE_', 'DisputeAction'],
] as const

/** The topic of a notice as people call it; one that has no words shows itself. */
export function topicName(topic: string): string {
  if (topic in OF_ITS_OWN) return t(OF_ITS_OWN[topic as keyof typeof OF_ITS_OWN])
  const part = PARTS.find(([start]) => topic.startsWith(start))
  if (part) return t(`admin.wordings.of.${part[1]}`, { name: word(part[1], topic.slice(part[0].length)) })
  const move = word('Action', topic)
  return move === topic ? word('Record', topic) : move
}

export function audienceName(audience: string): string {
  return audience === 'STAFF' ? t('admin.wordings.staff') : word('Role', audience)
}

/** The words that hold in a language. */
export function textIn(wording: WordingView, lang: Lang): WordingNow {
  return wording.now.find((one) => one.lang === lang) as WordingNow
}

/** Whether every word that is looked for stands in its topic, its audience or its text. */
export function holds(wording: WordingView, lang: Lang, words: string): boolean {
  const all = [wording.topic, topicName(wording.topic), audienceName(wording.audience), textIn(wording, lang).body]
  const said = all.join(' ').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((one) => said.includes(one))
}
