// 发件箱: what a worker did is kept until its receipt number is stored, whatever happens on the way.
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Problem } from '@/api/problem'
import { backoff } from '@/offline/backoff'
import type { Courier } from '@/offline/deliver'
import type { FileRow, Letter, NewFile } from '@/offline/entry'
import { Outbox, StorageFull, type Item } from '@/offline/outbox'
import { Vault } from '@/offline/vault'

const REPORT: Letter = {
  kind: 'report',
  body: { entry: 'CALL', text: '井盖缺失', title: '', evidence: '', attachments: [] },
}
const GONE = new Problem(0, 'network', '没有网络')

function photo(id: string, size = 600_000): NewFile {
  const bytes = new Uint8Array(size).fill(7).buffer as ArrayBuffer
  const shared = { name: `${id}.jpg`, type: 'image/jpeg', purpose: 'GRID', moment: null, spot: null } as const
  return { id, ...shared, size, takenAt: '2026-11-23T08:00:00Z', bytes }
}

/** A server that knows each record by its key and each file by its bytes. `fail` is asked before every step. */
class Server implements Courier {
  records = new Map<string, Letter>()
  files = new Map<string, { size: number; come: number; finished: boolean }>()
  attached = new Map<string, string[]>()
  steps: string[] = []
  fail: (step: string) => Error | undefined = () => undefined

  private step(name: string): void {
    this.steps.push(name)
    const error = this.fail(name)
    if (error) throw error
  }
  async declare(file: { id: string; size: number }): Promise<string> {
    this.step('declare')
    const id = `a-${file.id}-${this.files.size}`
    this.files.set(id, { size: file.size, come: 0, finished: false })
    return id
  }
  async arrived(id: string): Promise<number> {
    this.step('arrived')
    const file = this.files.get(id)
    if (!file) throw new Problem(404, 'attachment.not_found', '没有')
    return file.come
  }
  async piece(id: string, offset: number, bytes: ArrayBuffer): Promise<number> {
    this.step('piece')
    const file = this.files.get(id) as { come: number }
    if (offset !== file.come) throw new Problem(409, 'attachment.offset', '位置不对')
    file.come += bytes.byteLength
    return file.come
  }
  async finish(id: string): Promise<void> {
    this.step('finish')
    const file = this.files.get(id) as { size: number; come: number; finished: boolean }
    if (file.size !== file.come) throw new Problem(422, 'attachment.size', '大小不符')
    file.finished = true
  }
  async record(letter: Letter, key: string, attachments: string[]): Promise<string> {
    this.step('record')
    this.records.set(key, letter)
    this.attached.set(key, attachments)
    return `N-${[...this.records.keys()].indexOf(key) + 1}`
  }
}

let server: Server
let vault: Vault
let box: Outbox

async function opened(owner: string | null = 'grid1'): Promise<Outbox> {
  const made = new Outbox(await Vault.open(), server, () => undefined)
  made.owner = owner
  return made
}

async function states(of = box): Promise<string[]> {
  return (await of.items()).map(({ row }) => row.receipt ?? row.state)
}

/** The page is gone with its timers; two minutes later somebody opens it again. */
function killed(): void {
  vi.clearAllTimers()
  vi.setSystemTime(Date.now() + 120_000)
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  server = new Server()
  vault = await Vault.open()
  await vault.wipe()
  box = await opened()
})

afterEach(() => vi.useRealTimers())

test('a record goes out with its photos first and shows its number afterwards', async () => {
  await box.add('grid1', '井盖缺失', REPORT, [photo('p1'), photo('p2', 10)])
  await box.pump()
  expect(await states()).toEqual(['N-1'])
  expect([...server.files.values()].every((file) => file.finished && file.come === file.size)).toBe(true)
  expect([...server.attached.values()][0]).toHaveLength(2)
  expect(await vault.store.all('photos')).toEqual([])
})

test('nothing goes before the one before it has its number', async () => {
  server.fail = (step) => (step === 'record' ? GONE : undefined)
  await box.add('grid1', '一', REPORT)
  await box.add('grid1', '二', REPORT)
  await box.pump()
  expect(await states()).toEqual(['WAITING', 'WAITING'])
  expect(server.steps).toEqual(['record'])
  server.fail = () => undefined
  await box.sendAll()
  expect(await states()).toEqual(['N-1', 'N-2'])
})

test('without a network it waits longer each time and then goes by itself', async () => {
  server.fail = () => GONE
  await box.add('grid1', '一', REPORT)
  await box.pump()
  const { row } = (await box.items())[0] as Item
  expect([row.tries, row.problem?.code]).toEqual([1, 'network'])
  expect(row.nextAt).toBeGreaterThan(Date.now())
  server.fail = () => undefined
  await vi.advanceTimersByTimeAsync(2_000)
  await vi.waitFor(async () => expect(await states()).toEqual(['N-1']), { interval: 5 })
})

test.each([
  [1, 1_000, 2_000],
  [2, 2_000, 4_000],
  [5, 16_000, 32_000],
  [30, 150_000, 300_000],
])('after %i failures it waits between %i and %i ms', (tries, least, most) => {
  expect(backoff(tries, () => 0)).toBe(least)
  expect(backoff(tries, () => 1)).toBe(most)
})

describe('a killed page', () => {
  test('goes on with the bytes that are missing', async () => {
    let pieces = 0
    server.fail = (step) => (step === 'piece' && ++pieces > 1 ? GONE : undefined)
    await box.add('grid1', '一', REPORT, [photo('p1')])
    await box.pump()
    const [file] = [...server.files.values()]
    expect(file?.come).toBe(256 * 1024)
    server.fail = () => undefined
    killed()
    const again = await opened()
    await again.sendAll()
    expect(await states(again)).toEqual(['N-1'])
    expect(server.files.size).toBe(1)
    expect(server.steps.filter((step) => step === 'declare')).toHaveLength(1)
  })

  test('that had sent the record but not stored its number sends it under the same key', async () => {
    server.fail = (step) => {
      if (step !== 'record') return undefined
      server.records.set('lost', REPORT)
      return GONE
    }
    const key = await box.add('grid1', '一', REPORT)
    await box.pump()
    server.records.clear()
    server.fail = () => undefined
    killed()
    const again = await opened()
    await again.sendAll()
    expect([...server.records.keys()]).toEqual([key])
  })

  test('does not keep another page from sending for longer than its turn', async () => {
    await vault.store.update(
      'kept',
      'lease',
      () => ({ id: 'lease', holder: 'another', until: Date.now() + 60_000 }) as never,
    )
    await box.add('grid1', '一', REPORT)
    await box.pump()
    expect(await states()).toEqual(['WAITING'])
    vi.setSystemTime(Date.now() + 61_000)
    await box.pump()
    expect(await states()).toEqual(['N-1'])
  })

  test('gives its turn back as soon as it only waits', async () => {
    server.fail = () => GONE
    await box.add('grid1', '一', REPORT)
    await box.pump()
    vi.clearAllTimers()
    server.fail = () => undefined
    vi.setSystemTime(Date.now() + 5_000)
    const again = await opened()
    await again.pump()
    expect(await states(again)).toEqual(['N-1'])
  })

  test('gives way to a person who wants it sent now', async () => {
    await vault.store.write({
      list: 'kept',
      put: { id: 'lease', holder: 'another', until: Date.now() + 60_000 } as never,
    })
    await box.add('grid1', '一', REPORT)
    await box.sendAll()
    expect(await states()).toEqual(['N-1'])
  })
})

test('an ended session keeps the queue and asks to sign in', async () => {
  const asked = vi.fn()
  const careful = new Outbox(await Vault.open(), server, asked)
  careful.owner = 'grid1'
  server.fail = () => new Problem(401, 'unauthenticated', '请登录')
  await careful.add('grid1', '一', REPORT)
  await careful.pump()
  expect(asked).toHaveBeenCalledOnce()
  expect(careful.owner).toBeNull()
  expect(await states(careful)).toEqual(['WAITING'])
  server.fail = () => undefined
  careful.owner = 'grid1'
  await careful.pump()
  expect(await states(careful)).toEqual(['N-1'])
})

test("another person's records are not sent under one's own name", async () => {
  box.owner = null
  await box.add('grid2', '别人的', REPORT)
  box.owner = 'grid1'
  await box.pump()
  expect(server.steps).toEqual([])
})

describe('a refusal', () => {
  const move = (caseNo: string): Letter => ({ kind: 'move', caseNo, action: 'PASS_CHECK', body: { note: '好' } })

  beforeEach(async () => {
    server.fail = (step) => (step === 'record' ? new Problem(409, 'refused.NOT_NOW', '现在不能核查') : undefined)
    await box.add('grid1', '核查', move('C-1'), [photo('p1', 50)])
    await box.pump()
    server.fail = () => undefined
  })

  test('is shown and kept with its photos', async () => {
    const { row } = (await box.items())[0] as Item
    expect([row.state, row.problem?.message]).toEqual(['NEEDS_YOU', '现在不能核查'])
    expect(await vault.store.all('photos')).toHaveLength(1)
  })

  test('holds what follows on the same case, not the others', async () => {
    await box.add('grid1', '再来', move('C-1'))
    await box.add('grid1', '另一件', move('C-2'))
    await box.pump()
    expect(await states()).toEqual(['NEEDS_YOU', 'WAITING', 'N-1'])
    const [first] = await box.items()
    await box.retry((first as Item).row.id)
    expect((await states()).every((state) => state.startsWith('N-'))).toBe(true)
  })

  test('can be taken back, and its files go too', async () => {
    const [first] = await box.items()
    await box.drop((first as Item).row.id)
    expect(await states()).toEqual([])
    expect(await vault.store.all('photos')).toEqual([])
  })
})

test('a server that fails over one record for ever does not hold the others', async () => {
  let first = ''
  server.record = async (letter, key) => {
    if (key === first) throw new Problem(500, 'internal', '系统错误')
    server.records.set(key, letter)
    return 'N'
  }
  first = await box.add('grid1', '坏', REPORT)
  await box.add('grid1', '好', REPORT)
  for (let tries = 0; tries < 12; tries++) {
    await box.pump()
    vi.setSystemTime(Date.now() + 400_000)
  }
  expect(await states()).toEqual(['NEEDS_YOU', 'N'])
})

test('an upload that the server gave up begins anew', async () => {
  server.fail = (step) => (step === 'finish' ? GONE : undefined)
  await box.add('grid1', '一', REPORT, [photo('p1', 50)])
  await box.pump()
  server.files.clear()
  server.fail = () => undefined
  await box.sendAll()
  await box.sendAll()
  expect(await states()).toEqual(['N-1'])
})

describe('a full phone', () => {
  test('gives up what the server has anyway before it refuses', async () => {
    await box.add('grid1', '旧', REPORT)
    await box.pump()
    const write = vault.store.write.bind(vault.store)
    const full = new Outbox(vault, server)
    vi.spyOn(vault.store, 'write').mockImplementationOnce(async () => {
      throw Object.assign(new Error('full'), { name: 'QuotaExceededError' })
    })
    await full.add('grid1', '新', REPORT)
    vi.restoreAllMocks()
    expect(write).toBeTypeOf('function')
    expect((await full.items()).map(({ content }) => content.title)).toEqual(['新'])
  })

  test('says so, and keeps nothing of the record by halves', async () => {
    const full = new Outbox(vault, server)
    const quota = Object.assign(new Error('full'), { name: 'QuotaExceededError' })
    vi.spyOn(vault.store, 'write').mockImplementation(async (...changes) => {
      if (changes.some((change) => change.put)) throw quota
    })
    await expect(full.add('grid1', '新', REPORT, [photo('p1')])).rejects.toThrow(StorageFull)
    vi.restoreAllMocks()
    expect(await vault.store.all('outbox')).toEqual([])
    expect(await vault.store.all('photos')).toEqual([])
  })
})

test('what lies on the phone cannot be read there', async () => {
  box.owner = null
  await box.add('grid1', '张三家门口', REPORT, [photo('p1', 64)])
  const raw = JSON.stringify([await vault.store.all('outbox'), await vault.store.all('photos')], (_key, value) =>
    value instanceof ArrayBuffer ? new TextDecoder('latin1').decode(value) : value,
  )
  expect(raw).not.toContain('张三')
  expect(raw).not.toContain('井盖')
  expect(raw).not.toContain('\u0007'.repeat(8))
  const [key] = await vault.store.all<{ id: string; key: CryptoKey }>('keys')
  expect(key?.key.extractable).toBe(false)
  const [file] = await vault.store.all<FileRow>('photos')
  expect(new Uint8Array((await box.bytesOf(file?.id as string)) as ArrayBuffer)[0]).toBe(7)
})

test('signing out leaves nothing, and what was sealed before opens no more', async () => {
  box.owner = null
  await box.add('grid1', '一', REPORT)
  await vault.keep('me', { login: 'grid1' })
  const before = await vault.seal('秘密')
  await vault.wipe()
  expect(await vault.store.all('outbox')).toEqual([])
  expect(await vault.recall('me')).toBeUndefined()
  await expect(vault.open(before)).rejects.toBeDefined()
})
