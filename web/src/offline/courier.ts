import { dispatch, intake, ok } from '@/api/client'
import type { paths } from '@/api/schema/dispatch'
import type { Courier } from './deliver'
import type { FileInfo, Letter } from './entry'

type Ask = paths['/cases/{case_no}/moves']['post']['requestBody']['content']['application/json']

/** The real one: the intake's and the dispatch's APIs. */
export const courier: Courier = {
  async declare(file, entry, letter) {
    const made = await ok(intake.POST('/attachments', { body: { ...described(file), ...belongs(entry, letter) } }))
    return made.id
  },

  async arrived(attachment) {
    const { response } = await intake.HEAD('/attachments/{attachment_id}', at(attachment))
    return Number(response.headers.get('Upload-Offset'))
  },

  async piece(attachment, offset, bytes) {
    const { response } = await intake.PATCH('/attachments/{attachment_id}', {
      params: { ...at(attachment).params, header: { 'Upload-Offset': offset } },
      headers: { 'Content-Type': 'application/offset+octet-stream' },
      body: bytes as never,
      bodySerializer: (body: unknown) => body as ArrayBuffer,
    })
    return Number(response.headers.get('Upload-Offset'))
  },

  async finish(attachment) {
    await ok(intake.POST('/attachments/{attachment_id}/finish', at(attachment)))
  },

  record,
}

function at(attachment: string) {
  return { params: { path: { attachment_id: attachment } } }
}

function described(file: FileInfo) {
  const spot = file.spot && { lon: file.spot.lon, lat: file.spot.lat, crs: 'WGS84' as const, known_from: file.spot.by }
  const { name, size, purpose, moment } = file
  return {
    name,
    size,
    purpose,
    moment,
    public: false,
    place: spot,
    taken_at: file.takenAt,
    taken_from: 'DEVICE' as const,
  }
}

function belongs(entry: string, letter: Letter) {
  return 'caseNo' in letter ? { case_no: letter.caseNo } : { record_key: entry }
}

async function record(letter: Letter, key: string, attachments: string[]): Promise<string> {
  const header = { 'Idempotency-Key': key }
  if (letter.kind === 'report') {
    const body = { ...letter.body, attachments }
    const receipt = await ok(intake.POST('/grid-reports', { params: { header }, body }))
    return receipt.cases[0] ? receipt.cases[0].case_no : receipt.request_no
  }
  if (letter.kind === 'move') {
    const files = attachments.length ? { attachments } : {}
    const body = { ...letter.body, ...files, action: letter.action } as Ask
    const path = { case_no: letter.caseNo }
    const moved = await ok(dispatch.POST('/cases/{case_no}/moves', { params: { path, header }, body }))
    return `${moved.case_no} · v${moved.version}`
  }
  return stand(letter, header)
}

async function stand(
  letter: Extract<Letter, { kind: 'arrival' | 'sos' }>,
  header: { 'Idempotency-Key': string },
): Promise<string> {
  if (letter.kind === 'arrival') {
    const path = { case_no: letter.caseNo }
    await ok(dispatch.POST('/cases/{case_no}/arrivals', { params: { path, header }, body: letter.body }))
    return letter.caseNo
  }
  const alarm = await ok(dispatch.POST('/alarms', { params: { header }, body: letter.body }))
  return `SOS-${alarm.id}`
}
