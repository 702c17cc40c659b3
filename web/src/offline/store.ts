/** 本机存储: three lists in IndexedDB; a transaction is over either wholly or not at all. */
export type List = 'outbox' | 'photos' | 'kept' | 'keys'
export type Row = { id: string }

export interface Change {
  list: List
  put?: Row
  remove?: string
}

export interface Store {
  /** Whether what is put here outlives the page. */
  readonly durable: boolean
  get<Kind extends Row>(list: List, id: string): Promise<Kind | undefined>
  all<Kind extends Row>(list: List): Promise<Kind[]>
  /** All of the changes or none. Rejects with a QuotaExceededError when the phone is full. */
  write(...changes: Change[]): Promise<void>
  /** Reads a row and writes what `make` answers, with nobody in between; undefined leaves it. The new row. */
  update<Kind extends Row>(
    list: List,
    id: string,
    make: (old: Kind | undefined) => Kind | undefined,
  ): Promise<Kind | undefined>
  wipe(): Promise<void>
}

const NAME = 'gridcall-field'
const LISTS: List[] = ['outbox', 'photos', 'kept', 'keys']

/** IndexedDB where it works, else the page's memory (a private window). */
export async function openStore(factory: IDBFactory | undefined = self.indexedDB): Promise<Store> {
  try {
    if (factory && self.crypto && self.crypto.subtle) return new Disk(await connect(factory))
  } catch {
    return new Memory()
  }
  return new Memory()
}

function connect(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = factory.open(NAME, 1)
    asked.onupgradeneeded = () => LISTS.forEach((list) => asked.result.createObjectStore(list, { keyPath: 'id' }))
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
}

class Disk implements Store {
  readonly durable = true
  constructor(private readonly base: IDBDatabase) {
    base.onversionchange = () => base.close()
  }

  get<Kind extends Row>(list: List, id: string): Promise<Kind | undefined> {
    return answer(this.base.transaction(list).objectStore(list).get(id) as IDBRequest<Kind | undefined>)
  }

  all<Kind extends Row>(list: List): Promise<Kind[]> {
    return answer(this.base.transaction(list).objectStore(list).getAll() as IDBRequest<Kind[]>)
  }

  async write(...changes: Change[]): Promise<void> {
    const turn = this.base.transaction(
      LISTS.filter((list) => changes.some((change) => change.list === list)),
      'readwrite',
    )
    const done = over(turn)
    try {
      for (const change of changes) {
        const list = turn.objectStore(change.list)
        if (change.put) list.put(change.put)
        if (change.remove) list.delete(change.remove)
      }
    } catch (error) {
      done.catch(() => undefined)
      turn.abort() // some phones say at once that they are full: what was put before goes as well
      throw error
    }
    return done
  }

  async update<Kind extends Row>(
    list: List,
    id: string,
    make: (old: Kind | undefined) => Kind | undefined,
  ): Promise<Kind | undefined> {
    const turn = this.base.transaction(list, 'readwrite')
    const done = over(turn)
    let made: Kind | undefined
    const asked = turn.objectStore(list).get(id) as IDBRequest<Kind | undefined>
    asked.onsuccess = () => {
      made = make(asked.result)
      if (made) turn.objectStore(list).put(made)
    }
    await done
    return made
  }

  wipe(): Promise<void> {
    const turn = this.base.transaction(LISTS, 'readwrite')
    LISTS.forEach((list) => turn.objectStore(list).clear())
    return over(turn)
  }
}

function answer<Value>(asked: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
}

function over(turn: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    turn.oncomplete = () => resolve()
    turn.onabort = () => reject(turn.error)
    turn.onerror = () => reject(turn.error)
  })
}

/** The same in memory: gone with the page, and the page says so. */
export class Memory implements Store {
  readonly durable = false
  private readonly lists = new Map<List, Map<string, Row>>(LISTS.map((list) => [list, new Map<string, Row>()]))

  private rows(list: List): Map<string, Row> {
    return this.lists.get(list) as Map<string, Row>
  }

  async get<Kind extends Row>(list: List, id: string): Promise<Kind | undefined> {
    return this.rows(list).get(id) as Kind | undefined
  }

  async all<Kind extends Row>(list: List): Promise<Kind[]> {
    return Array.from(this.rows(list).values()) as Kind[]
  }

  async write(...changes: Change[]): Promise<void> {
    for (const change of changes) {
      if (change.put) this.rows(change.list).set(change.put.id, change.put)
      if (change.remove) this.rows(change.list).delete(change.remove)
    }
  }

  async update<Kind extends Row>(
    list: List,
    id: string,
    make: (old: Kind | undefined) => Kind | undefined,
  ): Promise<Kind | undefined> {
    const made = make(this.rows(list).get(id) as Kind | undefined)
    if (made) this.rows(list).set(id, made)
    return made
  }

  async wipe(): Promise<void> {
    this.lists.forEach((rows) => rows.clear())
  }
}
