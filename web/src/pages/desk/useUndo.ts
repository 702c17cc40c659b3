import { onScopeDispose, reactive } from 'vue'
import { dispatch, ok } from '@/api/client'
import { Problem } from '@/api/problem'
import type { components } from '@/api/schema/dispatch'

export type AnyAsk = components['schemas']['HoldAsk']['ask']
export type HeldBatch = components['schemas']['HeldBatch']

export interface Pending {
  batch: HeldBatch
  held: string[]
  left: number
  fault: string
}
const STEP_MS = 250
const GRACE_MS = 900

/** 撤销: what was asked for and may still be undone. `ended` hears of every batch that is over. */
export function useUndo(ended: (batch: HeldBatch) => void) {
  const pending = reactive<Pending[]>([])
  const timer = setInterval(tick, STEP_MS)
  onScopeDispose(() => clearInterval(timer))

  function tick(): void {
    for (const one of [...pending]) {
      one.left = Math.max(0, Date.parse(one.batch.run_at ?? '') - Date.now())
      if (Date.now() > Date.parse(one.batch.run_at ?? '') + GRACE_MS) void settle(one)
    }
  }

  async function settle(one: Pending): Promise<void> {
    drop(one)
    for (let tries = 0; tries < 20; tries++) {
      const params = { params: { path: { batch: one.batch.batch } } }
      const now = await ok(dispatch.GET('/held-moves/{batch}', params)).catch(() => null)
      if (now && now.rows.every((row) => row.state !== 'HELD')) return ended(now)
      await new Promise((go) => setTimeout(go, 500))
    }
  }

  function drop(one: Pending): void {
    const place = pending.indexOf(one)
    if (place >= 0) pending.splice(place, 1)
  }

  /** Asks for the move; the rows that the rules refused are in the batch. */
  async function ask(caseNos: string[], said: AnyAsk): Promise<HeldBatch> {
    const batch = await ok(dispatch.POST('/held-moves', { body: { case_nos: caseNos, ask: said } }))
    const held = batch.rows.filter((row) => row.state === 'HELD').map((row) => row.case_no)
    if (held.length) pending.push({ batch, held, left: 5000, fault: '' })
    return batch
  }

  async function undo(one: Pending | undefined = pending[pending.length - 1]): Promise<void> {
    if (!one) return
    try {
      const path = { batch: one.batch.batch }
      const now = await ok(dispatch.DELETE('/held-moves/{batch}', { params: { path } }))
      drop(one)
      ended(now)
    } catch (error) {
      one.fault = error instanceof Problem ? error.message : String(error)
    }
  }

  return { pending, ask, undo }
}
