import { Problem } from '@/api/problem'
import type { Content, EntryRow, FileInfo, FileRow, Letter } from './entry'
import type { Vault } from './vault'

const PIECE = 256 * 1024

/** 信使: the server, as far as the outbox needs it. All reject with a Problem. */
export interface Courier {
  /** A file is announced; its id. */
  declare(file: FileInfo, entry: string, letter: Letter): Promise<string>
  /** How many bytes of it have come. */
  arrived(attachment: string): Promise<number>
  /** The bytes from `offset` on; how many have come now. */
  piece(attachment: string, offset: number, bytes: ArrayBuffer): Promise<number>
  finish(attachment: string): Promise<void>
  /** The record itself, once under its key; the number that it has now. */
  record(letter: Letter, key: string, attachments: string[]): Promise<string>
}

/** Sends one entry, its files first; the receipt number. What was sent before is not sent again. */
export async function deliver(
  vault: Vault,
  courier: Courier,
  row: EntryRow,
  goingOn: () => Promise<void>,
): Promise<string> {
  const content = await vault.open<Content>(row.content)
  const attachments: string[] = []
  for (const file of content.files) {
    attachments.push(await sendFile(vault, courier, row.id, content.letter, file, goingOn))
  }
  await goingOn()
  return courier.record(content.letter, row.id, attachments)
}

async function sendFile(
  vault: Vault,
  courier: Courier,
  entry: string,
  letter: Letter,
  file: FileInfo,
  goingOn: () => Promise<void>,
): Promise<string> {
  const kept = await vault.store.get<FileRow>('photos', file.id)
  if (!kept) throw new Problem(410, 'file_gone', file.name)
  if (kept.attachment && kept.finished) return kept.attachment
  try {
    const attachment = kept.attachment ?? (await courier.declare(file, entry, letter))
    await note(vault, file.id, { attachment })
    await sendBytes(courier, attachment, await vault.openBytes(kept.content), goingOn)
    await courier.finish(attachment)
    await note(vault, file.id, { finished: true })
    return attachment
  } catch (error) {
    // an upload that the server has given up, or whose bytes it refused, begins anew the next time
    const status = error instanceof Problem ? error.status : 0
    if (status === 404 || status === 422) await note(vault, file.id, { attachment: undefined })
    if (status === 404 && kept.attachment) throw new Problem(0, 'upload_gone', (error as Problem).message)
    throw error
  }
}

async function sendBytes(
  courier: Courier,
  attachment: string,
  bytes: ArrayBuffer,
  goingOn: () => Promise<void>,
): Promise<void> {
  let offset = await courier.arrived(attachment)
  let astray = 0
  while (offset < bytes.byteLength) {
    await goingOn()
    try {
      offset = await courier.piece(attachment, offset, bytes.slice(offset, offset + PIECE))
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409 || astray++ > 3) throw error
      offset = await courier.arrived(attachment)
    }
  }
}

async function note(vault: Vault, id: string, to: Partial<FileRow>): Promise<void> {
  await vault.store.update<FileRow>('photos', id, (old) => (old ? { ...old, ...to } : undefined))
}
