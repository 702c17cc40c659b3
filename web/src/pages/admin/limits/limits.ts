/** 时限 in words. */
import type { components } from '@/api/schema/dispatch'
import { t } from '@/ui/texts'

export type Cell = components['schemas']['LimitCell']
export type Urgency = Cell['urgency']
export type Kind = NonNullable<components['schemas']['LimitsOf']['kind']>

/** Where a limit comes from: its paper with the mark of the evidence; [P] is the platform's own default. */
export function sourceWords(source: string): string {
  return source.replace('[P]', t('admin.limits.platform'))
}
