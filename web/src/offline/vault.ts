import { newKey, sealer, type Sealed, type Sealer } from './seal'
import { openStore, type Row, type Store } from './store'

interface KeyRow extends Row {
  key: CryptoKey
}

interface KeptRow extends Row {
  sealed?: Sealed
  plain?: unknown
}

/** 保险箱: the phone's store with its key; what is kept under a name is sealed. One for the page. */
export class Vault {
  private constructor(
    readonly store: Store,
    private sealing: Sealer | null,
  ) {}

  static async open(factory?: IDBFactory): Promise<Vault> {
    const store = await openStore(factory)
    return new Vault(store, store.durable ? await keyOf(store) : null)
  }

  /** Sealed where the store outlives the page; a page's own memory needs no seal. */
  async seal(value: unknown): Promise<Sealed | { plain: unknown }> {
    return this.sealing ? this.sealing.seal(value) : { plain: value }
  }

  async open<Value>(sealed: Sealed | { plain: unknown }): Promise<Value> {
    return 'plain' in sealed ? (sealed.plain as Value) : (this.sealing as Sealer).open<Value>(sealed)
  }

  async sealBytes(bytes: ArrayBuffer): Promise<Sealed | { plain: unknown }> {
    return this.sealing ? this.sealing.sealBytes(bytes) : { plain: bytes }
  }

  async openBytes(sealed: Sealed | { plain: unknown }): Promise<ArrayBuffer> {
    return 'plain' in sealed ? (sealed.plain as ArrayBuffer) : (this.sealing as Sealer).openBytes(sealed)
  }

  async keep(name: string, value: unknown): Promise<void> {
    const sealed = await this.seal(value)
    const row: KeptRow = 'plain' in sealed ? { id: name, plain: sealed.plain } : { id: name, sealed }
    await this.store.write({ list: 'kept', put: row })
  }

  /** What was kept under the name; undefined for nothing, and for what can no more be opened. */
  async recall<Value>(name: string): Promise<Value | undefined> {
    const row = await this.store.get<KeptRow>('kept', name)
    if (!row) return undefined
    try {
      return await this.open<Value>(row.sealed ?? { plain: row.plain })
    } catch {
      return undefined
    }
  }

  async forget(name: string): Promise<void> {
    await this.store.write({ list: 'kept', remove: name })
  }

  /** Everything is gone, the key first of all; a new key takes its place. */
  async wipe(): Promise<void> {
    await this.store.wipe()
    if (this.store.durable) this.sealing = await keyOf(this.store)
  }
}

async function keyOf(store: Store): Promise<Sealer> {
  const fresh = { id: 'seal', key: await newKey() }
  const row = await store.update<KeyRow>('keys', 'seal', (old) => old ?? fresh)
  return sealer((row as KeyRow).key)
}
