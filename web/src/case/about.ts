/** 常用语的变量: what the places of a standard text stand for in one case. */
import { me } from '@/api/session'
import type { components } from '@/api/schema/dispatch'
import { dateTime } from '@/ui/time'

/** By the place's name; none where several cases are moved at once, since each has its own. */
export function placesOf(one: components['schemas']['CaseView'] | undefined): Record<string, string> {
  if (!one) return {}
  const leading = one.assignments.find((task) => task.kind === 'LEAD' && !task.closed_at)
  const found: Record<components['schemas']['TextPlace'], string> = {
    工单编号: one.case_no,
    标题: one.title,
    单位: leading?.unit ?? one.routing.unit_name ?? '',
    截止时间: dateTime(one.finish_due),
    地点: [one.area_name, one.address].filter(Boolean).join(''),
    我: me.value?.login ?? '',
  }
  return found
}

/** A standard text with its places filled; a place that has no words stays as it is written. */
export function filled(body: string, places: Record<string, string>): string {
  return body.replace(/\{([^}]+)\}/g, (whole, name: string) => places[name] || whole)
}
