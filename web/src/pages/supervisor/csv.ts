/** The rows as a table for a spreadsheet: UTF-8 with its mark, so that office programs read the Chinese. */
import { t } from '@/ui/texts'
import type { GroupRow } from './question'

const COLUMNS = ['name', 'numerator', 'denominator', 'rate', 'on_time', 'late', 'unfinished', 'not_yet_due'] as const

export function csvOf(rows: GroupRow[]): string {
  const head = COLUMNS.map((name) => t(`supervisor.column.${name}`))
  const lines = rows.map((row) => COLUMNS.map((name) => cell(row[name])))
  return [head.map(cell), ...lines].map((line) => line.join(',')).join('\r\n') + '\r\n'
}

/** What a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  const safe = /^[=+\-@\t]/.test(text) && typeof value === 'string' ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}

export function saveCsv(name: string, rows: GroupRow[]): void {
  saveFile(name, new Blob(['\ufeff', csvOf(rows)], { type: 'text/csv;charset=utf-8' }))
}

/** The browser keeps the file under that name. */
export function saveFile(name: string, file: Blob): void {
  const url = URL.createObjectURL(file)
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
