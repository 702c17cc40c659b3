import type { components } from '@/api/schema/dispatch'

export type Detail = components['schemas']['UnitDetail']
export type Registered = components['schemas']['RegisteredUnit']
