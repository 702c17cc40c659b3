import { t } from '@/ui/texts'

/** A rate as people read it, 0 to 1 in; two decimals, a dash for 0 of 0. */
export function percent(rate: number | null | undefined): string {
  return rate === null || rate === undefined ? '—' : `${(rate * 100).toFixed(2)}%`
}

/** How it moved in percentage points: +1.25, −0.40; empty where one of the two is missing. */
export function moved(now: number | null | undefined, then: number | null | undefined): string {
  if (now === null || now === undefined || then === null || then === undefined) return ''
  const points = (now - then) * 100
  return t('supervisor.points', { n: `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)}` })
}
