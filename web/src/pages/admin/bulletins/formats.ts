import type { components } from '@/api/schema/notify'

export type Format = components['schemas']['FileKind']
export const FORMATS: readonly Format[] = ['xlsx', 'pdf', 'csv']
export type Pace = components['schemas']['Pace']
export const PACES: readonly Pace[] = ['MONTH', 'WEEK']
