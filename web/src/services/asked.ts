/** Community services: what is asked of their answers, and the shapes of what comes back. */
import type { components } from '@/api/schema/notify'

export type Answer = components['schemas']['AnswerView']
export type Which = components['schemas']['Which']
export type ServicesBy = components['schemas']['ServicesBy']

export const WHICH: readonly Which[] = ['all', 'satisfied', 'bad', 'waiting']

/** Which answers: of a period (all time where it is left out), of an area or of a point. */
export interface Span {
  from?: string
  to?: string
  area?: string
  point?: number
}
