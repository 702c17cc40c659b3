/** 草稿: a form with its photos, sealed on the phone at each change until it is sent or thrown away. */
import { onScopeDispose, reactive, ref, shallowRef, watch } from 'vue'
import type { FileInfo, FileRow, NewFile } from '@/offline/entry'
import { infoOf } from '@/offline/outbox'
import type { Change } from '@/offline/store'
import { vault } from './state'

const PAUSE_MS = 300

interface Kept<Form> {
  form: Form
  files: FileInfo[]
}

export function useDraft<Form extends object>(name: string, empty: () => Form) {
  const form = reactive(empty()) as Form
  const files = shallowRef<NewFile[]>([])
  const ready = ref(false)
  const entry = `draft.${name}`
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  const opened = recall()
  async function recall(): Promise<void> {
    const kept = await vault().recall<Kept<Form>>(entry)
    if (kept) {
      Object.assign(form, kept.form)
      files.value = await Promise.all(kept.files.map(withBytes)).then((found) =>
        found.filter((file): file is NewFile => file !== null),
      )
    }
    ready.value = true
  }

  watch([form, files], () => {
    clearTimeout(timer)
    if (ready.value && !over) timer = setTimeout(() => void keep(), PAUSE_MS)
  })
  onScopeDispose(() => {
    clearTimeout(timer)
    if (ready.value && !over) void keep()
  })

  async function keep(): Promise<void> {
    if (over) return
    const infos = files.value.map(infoOf)
    await vault()
      .keep(entry, { form: { ...form }, files: infos } satisfies Kept<Form>)
      .catch(() => undefined)
  }

  async function addFile(file: NewFile): Promise<void> {
    files.value = [...files.value, file]
    const row: FileRow = { id: file.id, entry, content: await vault().sealBytes(file.bytes) }
    await vault()
      .store.write({ list: 'photos', put: row })
      .catch(() => undefined)
  }

  async function removeFile(id: string): Promise<void> {
    files.value = files.value.filter((file) => file.id !== id)
    await vault().store.write({ list: 'photos', remove: id })
  }

  function changeFile(id: string, to: Partial<FileInfo>): void {
    files.value = files.value.map((file) => (file.id === id ? { ...file, ...to } : file))
  }

  /** Nothing of it stays; photos that were sent on belong to the outbox now. */
  async function forget(): Promise<void> {
    over = true
    clearTimeout(timer)
    const rows = await vault().store.all<FileRow>('photos')
    const own = rows.filter((row) => row.entry === entry).map((row): Change => ({ list: 'photos', remove: row.id }))
    await vault().store.write({ list: 'kept', remove: entry }, ...own)
  }

  return { form, files, ready, opened, addFile, removeFile, changeFile, forget, keep }
}

async function withBytes(info: FileInfo): Promise<NewFile | null> {
  const row = await vault().store.get<FileRow>('photos', info.id)
  if (!row) return null
  try {
    return { ...info, bytes: await vault().openBytes(row.content) }
  } catch {
    return null
  }
}
