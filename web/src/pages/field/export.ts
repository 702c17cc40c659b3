/** 导出未传记录: the last resort when a phone cannot send; one file that holds everything, photos too. */
import type { Item } from '@/offline/outbox'
import { outbox } from './state'

export async function exportUnsent(items: Item[]): Promise<void> {
  const records = await Promise.all(items.map(recordOf))
  const file = new Blob([JSON.stringify({ version: 1, exported_at: new Date().toISOString(), records }, null, 1)], {
    type: 'application/json',
  })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = `gridcall-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, '-')}.json`
  document.body.appendChild(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

async function recordOf({ row, content }: Item): Promise<object> {
  const files = []
  for (const file of content.files) {
    const bytes = await outbox().bytesOf(file.id)
    files.push({ ...file, base64: bytes ? base64(bytes) : null })
  }
  const { id, owner, state, createdAt } = row
  return {
    key: id,
    owner,
    state,
    created_at: new Date(createdAt).toISOString(),
    title: content.title,
    ...content.letter,
    files,
  }
}

function base64(bytes: ArrayBuffer): string {
  const view = new Uint8Array(bytes)
  let said = ''
  for (let at = 0; at < view.length; at += 0x8000) {
    said += String.fromCharCode.apply(null, Array.from(view.subarray(at, at + 0x8000)))
  }
  return btoa(said)
}
