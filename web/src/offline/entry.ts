import type { components as DispatchParts } from '@/api/schema/dispatch'
import type { components as IntakeParts } from '@/api/schema/intake'
import type { Sealed } from './seal'
import type { Row } from './store'

export type Purpose = IntakeParts['schemas']['Purpose']
export type Moment = IntakeParts['schemas']['Moment']
export type Report = IntakeParts['schemas']['GridReport']
export type Action = DispatchParts['schemas']['Action']

/** 待传: waits · 已收: its receipt number is stored · 需处理: refused, a person decides. */
export type State = 'WAITING' | 'DONE' | 'NEEDS_YOU'

/** A place as the phone measured it or a person set it (WGS-84, accuracy in metres). */
export interface Spot {
  lon: number
  lat: number
  accuracy: number | null
  by: 'DEVICE' | 'MANUAL'
  reason?: string
}

export interface FileInfo {
  id: string
  name: string
  type: string
  size: number
  purpose: Purpose
  moment: Moment | null
  spot: Spot | null
  takenAt: string
}

/** What is sent: one of these, by kind. */
export type Letter =
  | { kind: 'report'; body: Report }
  | { kind: 'move'; caseNo: string; action: Action; body: Record<string, unknown> }
  | { kind: 'arrival'; caseNo: string; body: ArrivalBody }
  | { kind: 'sos'; body: SosBody }

export type ArrivalBody = DispatchParts['schemas']['ArrivalForm']
export type SosBody = DispatchParts['schemas']['AlarmForm']

/** A record on its way, as it is kept sealed. */
export interface Content {
  title: string
  letter: Letter
  files: FileInfo[]
}

export type Kept = Sealed | { plain: unknown }

/** One row of the outbox: only what the queue needs is in the clear. `id` is also the Idempotency-Key. */
export interface EntryRow extends Row {
  seq: number
  owner: string
  state: State
  tries: number
  nextAt: number
  createdAt: number
  content: Kept
  receipt?: string
  problem?: { status: number; code: string; message: string }
}

export interface FileRow extends Row {
  entry: string
  content: Kept
  attachment?: string
  finished?: boolean
}

/** A file on its way in, with its bytes. */
export interface NewFile extends FileInfo {
  bytes: ArrayBuffer
}
