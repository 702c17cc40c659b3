/** What waits for the signed-in person, kept on the phone: the list, and each case's page as it was last read. */
import { computed, ref, shallowRef } from 'vue'
import { dispatch, ok } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema/dispatch'
import { holdsAny } from '@/api/session'
import { distance, here, pointOf, type Point } from './place'
import { online, outbox, vault } from './state'

export type CaseView = components['schemas']['CaseView']
type CheckView = components['schemas']['CheckView']
type VerifyView = components['schemas']['VerifyView']
type QueueRow = components['schemas']['QueueRow']

/** CHECK 核查 · VERIFY 核实 · CASE: one's unit handles it · MINE: one reported it and waits. */
export interface Task {
  caseNo: string
  kind: 'CHECK' | 'VERIFY' | 'CASE' | 'MINE'
  title: string
  status: string
  urgency: string
  areaName: string
  address: string | null
  since: string
  due: string | null
  point: Point | null
}

interface Kept {
  tasks: Task[]
  at: string
}

const READ_AHEAD = 30

export const tasks = shallowRef<Task[]>([])
export const readAt = ref('')
export const reading = ref(false)
export const fault = ref('')
export const order = ref<'due' | 'near'>('due')
const details = new Map<string, CaseView>()

export const sorted = computed(() => [...tasks.value].sort(order.value === 'near' && here.value ? byDistance : byDue))

function byDue(one: Task, other: Task): number {
  return (one.due ?? '9').localeCompare(other.due ?? '9')
}

function byDistance(one: Task, other: Task): number {
  return (metres(one) ?? Infinity) - (metres(other) ?? Infinity) || byDue(one, other)
}

/** Metres from the phone's last position; null where one of the two is not known. */
export function metres(task: Task): number | null {
  return here.value && task.point ? distance(here.value, task.point) : null
}

/** What the phone has, at once; then what the server says. */
export async function readTasks(): Promise<void> {
  if (!tasks.value.length) await recall()
  if (reading.value || !outbox().owner) return
  reading.value = true
  try {
    await ask()
    fault.value = ''
    online.value = true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.status === 0) online.value = false
    fault.value = error.status === 0 || error.status === 401 ? '' : error.message
  } finally {
    reading.value = false
  }
}

async function recall(): Promise<void> {
  const kept = await vault().recall<Kept>('tasks')
  if (kept) {
    tasks.value = kept.tasks
    readAt.value = kept.at
  }
  const pages = await vault().recall<CaseView[]>('details')
  pages?.forEach((page) => details.set(page.case_no, page))
}

async function ask(): Promise<void> {
  const [checks, verifies, queue] = await Promise.all([
    ok(dispatch.GET('/checks', { params: { query: { limit: 200 } } })),
    ok(dispatch.GET('/verifications', { params: { query: { limit: 200 } } })),
    ok(dispatch.GET('/cases', { params: { query: { limit: 200 } } })),
  ])
  const onSpot = [...checks.map((check) => ofVisit('CHECK', check)), ...verifies.map((one) => ofVisit('VERIFY', one))]
  const visited = new Set(onSpot.map((task) => task.caseNo))
  const found = [...onSpot, ...queue.rows.filter((row) => !visited.has(row.case_no)).map(ofRow)]
  tasks.value = found.map((task) => ({ ...task, point: task.point ?? placeOf(task.caseNo) }))
  readAt.value = new Date().toISOString()
  await keep()
  for (const task of found.slice(0, READ_AHEAD)) await readCase(task.caseNo)
  tasks.value = tasks.value.map((task) => ({ ...task, ...seenIn(task) }))
  await keep()
}

async function keep(): Promise<void> {
  const wanted = new Set(tasks.value.map((task) => task.caseNo))
  await vault().keep('tasks', { tasks: tasks.value, at: readAt.value } satisfies Kept)
  await vault().keep(
    'details',
    Array.from(details.values()).filter((page) => wanted.has(page.case_no)),
  )
}

function placeOf(caseNo: string): Point | null {
  const page = details.get(caseNo)
  return page ? pointOf(page) : null
}

function seenIn(task: Task): Partial<Task> {
  const page = details.get(task.caseNo)
  return page ? { point: pointOf(page), address: page.address } : {}
}

/** A case's page: the server's, else what the phone kept of it. Undefined: neither has it. */
export async function readCase(caseNo: string): Promise<CaseView | undefined> {
  try {
    details.set(caseNo, await ok(dispatch.GET('/cases/{case_no}', { params: { path: { case_no: caseNo } } })))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.status === 404) details.delete(caseNo)
  }
  return details.get(caseNo)
}

export function keptCase(caseNo: string): CaseView | undefined {
  return details.get(caseNo)
}

function ofVisit(kind: 'CHECK' | 'VERIFY', visit: CheckView | VerifyView): Task {
  const { case_no, title, area_name, address, given_at, due_at } = visit
  const status = kind === 'CHECK' ? 'RESULT_REVIEW' : 'REVIEW'
  const about = { caseNo: case_no, kind, title, status, urgency: 'N', areaName: area_name, address }
  return { ...about, since: given_at, due: due_at, point: pointOf(visit) }
}

function ofRow(row: QueueRow): Task {
  const handles = holdsAny(['UNIT', 'UNIT_LEAD', 'COMMUNITY', 'STREET'])
  const kind = handles ? 'CASE' : 'MINE'
  const about = { caseNo: row.case_no, kind, title: row.title, status: row.status, urgency: row.urgency } as const
  return { ...about, areaName: row.area_name, address: null, since: row.created_at, due: row.next_due, point: null }
}

/** An area's name below its county: a worker knows where that is. */
export function shortArea(name: string): string {
  return name.replace(/^.+?[市州盟](?=.)/, '').replace(/^.+?[区县市](?=.)/, '')
}

export function forgetTasks(): void {
  tasks.value = []
  details.clear()
  readAt.value = ''
}
