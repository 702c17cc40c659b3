/** 社区服务点: its shape, and its services as lines of a form. */
import type { components } from '@/api/schema/dispatch'

export type Point = components['schemas']['PointView']

/** What was typed a line each; empty lines are none. */
export function services(lines: string): string[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}
