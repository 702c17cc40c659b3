const ENDED = new Set(['CLOSED', 'ARCHIVED', 'ANSWERED', 'GUIDED', 'TRANSFERRED', 'TERMINATED', 'MERGED', 'VOID'])

/** Whether nothing more can be merged into a case that stands so. */
export function hasEnded(status: string): boolean {
  return ENDED.has(status)
}
