/** 附件上传: declared, sent in pieces, finished. What was sent before a broken connection is not sent again. */
import { intake, ok } from '@/api/client'
import { Problem } from '@/api/problem'

export interface Sent {
  id: string
  name: string
}
/** What a file is for: its case, its purpose, when it was taken, and whether the citizen may see it. */
export interface About {
  case_no: string
  purpose: 'CONTACT' | 'RESULT' | 'REQUEST' | 'GRID'
  public: boolean
  moment?: 'BEFORE' | 'AFTER'
}
const TRIES = 4

/** Uploads one file. `told` hears how much of it has come, from 0 to 1. Throws a Problem. */
export async function upload(file: File, about: About, told: (part: number) => void): Promise<Sent> {
  const body = { ...about, name: file.name, size: file.size, taken_from: 'DEVICE' as const }
  const begun = await ok(intake.POST('/attachments', { body }))
  let offset = begun.offset
  for (let tries = 0; offset < file.size;) {
    try {
      offset = await piece(begun.id, file, offset, begun.piece_size)
      tries = 0
      told(offset / file.size)
    } catch (error) {
      if (!(error instanceof Problem) || !error.passing || ++tries >= TRIES) throw error
      await new Promise((wake) => setTimeout(wake, 500 * 2 ** tries))
    }
  }
  const done = await ok(
    intake.POST('/attachments/{attachment_id}/finish', { params: { path: { attachment_id: begun.id } } }),
  )
  return { id: done.id, name: file.name || done.label }
}

async function piece(id: string, file: File, offset: number, size: number): Promise<number> {
  const part = file.slice(offset, offset + size)
  await intake.PATCH('/attachments/{attachment_id}', {
    params: { path: { attachment_id: id }, header: { 'Upload-Offset': offset } },
    body: part as never,
    bodySerializer: (bytes: unknown) => bytes as Blob,
    headers: { 'Content-Type': 'application/offset+octet-stream' },
  })
  return offset + part.size
}
