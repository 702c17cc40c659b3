/**
 * 发件箱: what a worker did, sent in order, each kept until its receipt number is stored.
 *
 * Nothing is dropped: a passing fault (no network, a busy server) waits and tries again, an ended session waits for
 * the sign-in, a refusal waits for the person. A killed page goes on where it stopped: the server knows each record by
 * its key and each file by how much of it has come, so sending again does no harm.
 */
import { Problem } from '@/api/problem'
import { requestKey } from '@/api/client'
import { backoff } from './backoff'
import { deliver, type Courier } from './deliver'
import type { Content, EntryRow, FileInfo, FileRow, Letter, NewFile } from './entry'
import type { Change } from './store'
import type { Vault } from './vault'

const LEASE_MS = 60_000
const KEEP_DONE = 50
const GIVE_UP_AFTER = 10

interface Lease {
  id: string
  holder: string
  until: number
}

export class StorageFull extends Error {}

/** A row with its content, opened. */
export interface Item {
  row: EntryRow
  content: Content
}

export class Outbox {
  /** Whose records are sent; null: nobody is signed in, all waits. */
  owner: string | null = null
  /** The entry that is under way. */
  sending: string | null = null
  private running: Promise<void> | null = null
  private asked = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly me = requestKey()
  private readonly listeners: (() => void)[] = []

  constructor(
    private readonly vault: Vault,
    private readonly courier: Courier,
    private readonly onExpired: () => void = () => undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** Calls back after every change of what the queue holds. */
  onChange(call: () => void): void {
    this.listeners.push(call)
  }

  private changed(): void {
    this.listeners.forEach((call) => call())
  }

  /** Keeps a record with its files; its key. `first`: before all that waits. Raises: StorageFull, nothing is kept. */
  async add(
    owner: string,
    title: string,
    letter: Letter,
    files: NewFile[] = [],
    id = requestKey(),
    first = false,
  ): Promise<string> {
    const infos = files.map(infoOf)
    const content = await this.vault.seal({ title, letter, files: infos } satisfies Content)
    const rows = await this.vault.store.all<EntryRow>('outbox')
    const places = [0, ...rows.map((row) => row.seq)]
    const seq = first ? Math.min(...places) - 1 : Math.max(...places) + 1
    const at = this.now()
    const row: EntryRow = { id, seq, owner, state: 'WAITING', tries: 0, nextAt: 0, createdAt: at, content }
    const changes: Change[] = [{ list: 'outbox', put: row }]
    for (const file of files) {
      const sealed: FileRow = { id: file.id, entry: id, content: await this.vault.sealBytes(file.bytes) }
      changes.push({ list: 'photos', put: sealed })
    }
    await this.write(changes)
    this.changed()
    void this.pump()
    return id
  }

  private async write(changes: Change[]): Promise<void> {
    try {
      await this.vault.store.write(...changes)
    } catch (error) {
      if (!isFull(error)) throw error
      await this.makeRoom()
      await this.vault.store.write(...changes).catch((again: unknown) => {
        throw isFull(again) ? new StorageFull() : again
      })
    }
  }

  /** What the server has anyway gives way: received records, pages kept for reading. */
  private async makeRoom(): Promise<void> {
    const done = (await this.vault.store.all<EntryRow>('outbox')).filter((row) => row.state === 'DONE')
    await this.vault.store.write(
      ...done.map((row): Change => ({ list: 'outbox', remove: row.id })),
      { list: 'kept', remove: 'tasks' },
      { list: 'kept', remove: 'details' },
    )
  }

  /** All entries, oldest first. What can no more be opened is left out. */
  async items(): Promise<Item[]> {
    const rows = await this.vault.store.all<EntryRow>('outbox')
    const opened = await Promise.all(rows.sort((one, other) => one.seq - other.seq).map((row) => this.opened(row)))
    return opened.filter((item): item is Item => item !== null)
  }

  private async opened(row: EntryRow): Promise<Item | null> {
    try {
      return { row, content: await this.vault.open<Content>(row.content) }
    } catch {
      return null
    }
  }

  /** A file's bytes; undefined once it was received. */
  async bytesOf(fileId: string): Promise<ArrayBuffer | undefined> {
    const row = await this.vault.store.get<FileRow>('photos', fileId)
    return row && this.vault.openBytes(row.content)
  }

  /** 全部发送: whatever waits is tried now, refused ones too, and whoever sends meanwhile gives way. */
  async sendAll(): Promise<void> {
    await this.vault.store.write({ list: 'kept', remove: 'lease' })
    for (const row of await this.vault.store.all<EntryRow>('outbox')) {
      if (row.state !== 'DONE') await this.change(row.id, { state: 'WAITING', tries: 0, nextAt: 0 })
    }
    await this.pump()
  }

  async retry(id: string): Promise<void> {
    await this.change(id, { state: 'WAITING', tries: 0, nextAt: 0 })
    await this.pump()
  }

  /** A person takes a record back; its files go with it. */
  async drop(id: string): Promise<void> {
    await this.vault.store.write({ list: 'outbox', remove: id }, ...(await this.filesGone(id)))
    this.changed()
    void this.pump()
  }

  /** Sends what can be sent now, and sets the clock for the rest. A call meanwhile makes it look once more. */
  pump(): Promise<void> {
    this.asked = true
    if (!this.running) this.running = this.rounds().finally(() => (this.running = null))
    return this.running
  }

  private async rounds(): Promise<void> {
    while (this.asked) {
      this.asked = false
      await this.work()
      if (!this.asked) await this.giveTurnBack()
    }
  }

  private async giveTurnBack(): Promise<void> {
    await this.vault.store.update<Lease>('kept', 'lease', (old) =>
      old && old.holder === this.me ? { ...old, until: 0 } : undefined,
    )
  }

  private async work(): Promise<void> {
    clearTimeout(this.timer)
    while (this.owner) {
      const next = await this.next()
      if (!next) return
      const wait = next.nextAt - this.now()
      if (wait > 0) return this.later(wait)
      if (!(await this.holdsLease())) return this.later(LEASE_MS / 2)
      if (!(await this.send(next))) return
    }
  }

  private later(wait: number): void {
    this.timer = setTimeout(() => void this.pump(), wait)
  }

  /** The oldest that waits; what follows a refused record of the same case waits for the person as well. */
  private async next(): Promise<EntryRow | undefined> {
    const held = new Set<string>()
    for (const { row, content } of await this.items()) {
      if (row.owner !== this.owner || row.state === 'DONE') continue
      const caseNo = 'caseNo' in content.letter ? content.letter.caseNo : row.id
      if (row.state === 'NEEDS_YOU') held.add(caseNo)
      else if (!held.has(caseNo)) return row
    }
    return undefined
  }

  /** One page of the phone sends at a time; a killed one's turn ends by itself. */
  private async holdsLease(): Promise<boolean> {
    const until = this.now() + LEASE_MS
    const row = await this.vault.store.update<Lease>('kept', 'lease', (old) =>
      old && old.holder !== this.me && old.until > this.now() ? old : { id: 'lease', holder: this.me, until },
    )
    return row?.holder === this.me
  }

  /** Whether to go on with the next one. */
  private async send(row: EntryRow): Promise<boolean> {
    this.sending = row.id
    this.changed()
    try {
      const receipt = await deliver(this.vault, this.courier, row, async () => void (await this.holdsLease()))
      await this.received(row, receipt)
      return true
    } catch (error) {
      return await this.failed(row, error)
    } finally {
      this.sending = null
      this.changed()
    }
  }

  /** The number is stored and the files are gone in one transaction; a page killed before it sends once more. */
  private async received(row: EntryRow, receipt: string): Promise<void> {
    const done: EntryRow = { ...row, state: 'DONE', receipt, problem: undefined }
    await this.vault.store.write({ list: 'outbox', put: done }, ...(await this.filesGone(row.id)))
    const old = (await this.vault.store.all<EntryRow>('outbox')).filter((one) => one.state === 'DONE')
    old.sort((one, other) => other.seq - one.seq)
    const past = old.slice(KEEP_DONE).map((one): Change => ({ list: 'outbox', remove: one.id }))
    if (past.length) await this.vault.store.write(...past)
  }

  private async filesGone(entry: string): Promise<Change[]> {
    const rows = await this.vault.store.all<FileRow>('photos')
    return rows.filter((row) => row.entry === entry).map((row): Change => ({ list: 'photos', remove: row.id }))
  }

  private async failed(row: EntryRow, error: unknown): Promise<boolean> {
    const problem = error instanceof Problem ? error : new Problem(-1, 'unknown', String(error))
    if (problem.status === 401) {
      this.owner = null
      this.onExpired()
      return false
    }
    const told = { status: problem.status, code: problem.code, message: messageOf(problem) }
    const tries = row.tries + 1
    const passing = problem.passing || [-1, 408, 425, 500].indexOf(problem.status) >= 0
    const hopeless = problem.status !== 0 && problem.status !== 429 && tries >= GIVE_UP_AFTER
    if (!passing || hopeless) {
      await this.change(row.id, { state: 'NEEDS_YOU', tries, problem: told })
      return true
    }
    const wait = backoff(tries)
    await this.change(row.id, { tries, nextAt: this.now() + wait, problem: told })
    this.later(wait)
    return false
  }

  private async change(id: string, to: Partial<EntryRow>): Promise<void> {
    await this.vault.store.update<EntryRow>('outbox', id, (old) => (old ? { ...old, ...to } : undefined))
    this.changed()
  }
}

/** What is told of a file, without its bytes. */
export function infoOf(file: NewFile): FileInfo {
  const { id, name, type, size, purpose, moment, spot, takenAt } = file
  return { id, name, type, size, purpose, moment, spot, takenAt }
}

function messageOf(problem: Problem): string {
  const said = Object.values(problem.fields)
  return said.length ? said.join(' ') : problem.message
}

function isFull(error: unknown): boolean {
  return error instanceof Error && /quota/i.test(`${error.name} ${error.message}`)
}
