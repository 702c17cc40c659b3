import { useQueryClient } from '@tanstack/vue-query'
import { computed, reactive, ref, shallowRef, watch, type Ref } from 'vue'
import { dispatch, ok } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema/dispatch'

export type Row = components['schemas']['QueueRow']
export type View = components['schemas']['View']
type Urgency = components['schemas']['Urgency']
type Kind = components['schemas']['Kind']
export interface Question {
  view: View
  words: string
  urgency: Urgency | ''
  kind: Kind | ''
}
/** How a shown row stands apart from what the server said: held, done, gone from the view. */
export type Mark = 'held' | 'done' | 'gone'
const PAGE = 200

/**
 * The rows of a question. What is shown never moves by itself: fresh rows wait in `waiting` until they are taken in,
 * known ones are brought up to date where they stand.
 */
export function useQueue(question: Ref<Question>) {
  const queries = useQueryClient()
  const rows = shallowRef<Row[]>([])
  const next = ref<string | null>(null)
  const loading = ref(false)
  const fault = ref('')
  const marks = reactive(new Map<string, Mark>())
  const fresh = shallowRef<components['schemas']['QueuePage'] | null>(null)
  let asked = 0

  const known = computed(() => new Set(rows.value.map((row) => row.case_no)))
  const waiting = computed(() => (fresh.value?.rows ?? []).filter((row) => !known.value.has(row.case_no)).length)

  function fetchPage(cursor?: string) {
    const { view, words, urgency, kind } = question.value
    const narrowed = { words: words || undefined, urgency: urgency || undefined, kind: kind || undefined }
    return ok(dispatch.GET('/cases', { params: { query: { view, ...narrowed, cursor, limit: PAGE } } }))
  }

  async function guarded(act: () => Promise<void>): Promise<void> {
    loading.value = true
    try {
      await act()
      fault.value = ''
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      fault.value = error.message
    } finally {
      loading.value = false
    }
  }

  /** Reads the question's first page anew and shows it. */
  async function load(): Promise<void> {
    const turn = ++asked
    await guarded(async () => {
      const page = await fetchPage()
      if (turn === asked) show(page)
    })
  }

  function show(page: components['schemas']['QueuePage']): void {
    rows.value = page.rows
    next.value = page.next
    fresh.value = null
    for (const [caseNo, mark] of marks) if (mark !== 'held') marks.delete(caseNo)
  }

  async function more(): Promise<void> {
    if (!next.value || loading.value) return
    const turn = asked
    await guarded(async () => {
      const page = await fetchPage(next.value ?? undefined)
      if (turn !== asked) return
      rows.value = [...rows.value, ...page.rows.filter((row) => !known.value.has(row.case_no))]
      next.value = page.next
    })
  }

  /** Looks whether something has changed, without moving a row. */
  async function look(): Promise<void> {
    void queries.invalidateQueries({ queryKey: ['counts'] })
    const turn = asked
    const page = await fetchPage().catch(() => null)
    if (!page || turn !== asked) return
    const now = new Map(page.rows.map((row) => [row.case_no, row]))
    rows.value = rows.value.map((row) => now.get(row.case_no) ?? row)
    rows.value.slice(0, page.rows.length || PAGE).forEach((row) => {
      const there = now.has(row.case_no) || (page.next !== null && isBehind(row, page.rows))
      if (there && marks.get(row.case_no) === 'gone') marks.delete(row.case_no)
      if (!there && !marks.has(row.case_no)) marks.set(row.case_no, 'gone')
    })
    fresh.value = page
  }

  /** Shows what waits. */
  function takeIn(): void {
    if (fresh.value) show(fresh.value)
  }

  watch(question, load, { deep: true, immediate: true })
  return { rows, next, loading, fault, marks, waiting, load, more, look, takeIn }
}

/** Whether a row may stand on a later page than these: its deadline is not before the last one's. */
function isBehind(row: Row, page: readonly Row[]): boolean {
  const last = page[page.length - 1]
  return !!last && (row.next_due ?? '9') >= (last.next_due ?? '9')
}
