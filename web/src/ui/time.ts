import { t } from './texts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const formats = new Map<string, Intl.DateTimeFormat>()

function shanghai(moment: Date | string, options: Intl.DateTimeFormatOptions): Record<string, string> {
  const key = JSON.stringify(options)
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', hour12: false, ...options })
    formats.set(key, format)
  }
  return Object.fromEntries(format.formatToParts(new Date(moment)).map((part) => [part.type, part.value]))
}

/** YYYY-MM-DD in Shanghai. */
export function day(moment: Date | string): string {
  const found = shanghai(moment, { year: 'numeric', month: '2-digit', day: '2-digit' })
  return `${found['year']}-${found['month']}-${found['day']}`
}

/** HH:mm in Shanghai. */
export function clock(moment: Date | string): string {
  const found = shanghai(moment, { hour: '2-digit', minute: '2-digit' })
  return `${found['hour'] === '24' ? '00' : found['hour']}:${found['minute']}`
}

/** YYYY-MM-DD HH:mm in Shanghai; empty for nothing. */
export function dateTime(moment: Date | string | null | undefined): string {
  return moment ? `${day(moment)} ${clock(moment)}` : ''
}

/** MM-DD HH:mm, the year only where it is another one than today's. */
export function shortTime(moment: Date | string | null | undefined): string {
  if (!moment) return ''
  const date = day(moment)
  return `${date.slice(0, 4) === day(new Date()).slice(0, 4) ? date.slice(5) : date} ${clock(moment)}`
}

/** A length of time in its two largest units: 1天3小时, 2小时5分, 12分. `ms` may be negative: its size counts. */
export function span(ms: number): string {
  const size = Math.abs(ms)
  const [days, hours, minutes] = [
    Math.floor(size / DAY),
    Math.floor((size % DAY) / HOUR),
    Math.floor((size % HOUR) / MINUTE),
  ]
  if (days) return hours ? t('common.span.daysHours', { days, hours }) : t('common.span.days', { days })
  if (hours) return minutes ? t('common.span.hoursMinutes', { hours, minutes }) : t('common.span.hours', { hours })
  return t('common.span.minutes', { minutes })
}

export const soonMs = 2 * HOUR
