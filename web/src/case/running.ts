/** 时钟的先后: which of a case's clocks are shown first. Putting right what a grade named is a matter beside the case. */
import type { components } from '@/api/schema/dispatch'

export type ClockView = components['schemas']['ClockView']
const LIVE = new Set(['RUNNING', 'PAUSED', 'FILED'])

export function isLive(clock: ClockView): boolean {
  return LIVE.has(clock.state)
}

/** Those that are live first, each part by its due time. */
export function laddered(clocks: readonly ClockView[]): ClockView[] {
  const order = (one: ClockView, other: ClockView) =>
    Number(isLive(other)) - Number(isLive(one)) || one.due_at.localeCompare(other.due_at)
  return [...clocks].sort(order)
}

/** The case's own next deadline, of the clocks that run or pause; none for a case that has ended. */
export function leadingOf(clocks: readonly ClockView[]): ClockView | undefined {
  const ticking = laddered(clocks).filter(
    (clock) => clock.name !== 'RECTIFY' && clock.state !== 'FILED' && isLive(clock),
  )
  return ticking.find((clock) => clock.state === 'RUNNING') ?? ticking[0]
}

/** 差评整改, while it runs. */
export function rectifyingOf(clocks: readonly ClockView[]): ClockView | undefined {
  return clocks.find((clock) => clock.name === 'RECTIFY' && clock.state === 'RUNNING')
}
