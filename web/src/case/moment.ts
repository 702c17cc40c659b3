/** A moment as a person types it, in Shanghai, and as the API takes it. */
import { clock, day } from '@/ui/time'

/** YYYY-MM-DDTHH:mm in Shanghai, as `<input type="datetime-local">` has it. */
export function typed(moment: Date | string): string {
  return `${day(moment)}T${clock(moment)}`
}

/** The instant that was typed; undefined for nothing. China has had one offset since 1991. */
export function instant(given: unknown): string | undefined {
  return typeof given === 'string' && given ? `${given}:00+08:00` : undefined
}
