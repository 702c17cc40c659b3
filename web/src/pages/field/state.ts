/** The page's own memory: who works here, what lies on the phone, what is on its way. */
import { computed, ref, shallowRef } from 'vue'
import { dispatch, ok } from '@/api/client'
import { Problem } from '@/api/problem'
import { expired, me, type Me } from '@/api/session'
import { courier } from '@/offline/courier'
import { Outbox, type Item } from '@/offline/outbox'
import { Vault } from '@/offline/vault'

export const online = ref(navigator.onLine)
/** Whether what is typed outlives the page. */
export const durable = ref(true)
export const items = shallowRef<Item[]>([])
export const sending = ref<string | null>(null)
/** Whether the server knows us now; before that, and without a network, the page shows what the phone keeps. */
export const known = ref(false)
/** The server could not be asked and nobody was signed in here before. */
export const away = ref('')

let opened: { vault: Vault; outbox: Outbox } | undefined

export function vault(): Vault {
  return (opened as { vault: Vault }).vault
}

export function outbox(): Outbox {
  return (opened as { outbox: Outbox }).outbox
}

export const unsent = computed(() => items.value.filter(({ row }) => row.state !== 'DONE'))

async function look(): Promise<void> {
  sending.value = outbox().sending
  items.value = await outbox().items()
}

/** Opens what the phone keeps, shows who was here last, then asks the server; without a network the page works on. */
export async function open(): Promise<void> {
  const box = await Vault.open()
  opened = { vault: box, outbox: new Outbox(box, courier, ended) }
  durable.value = box.store.durable
  outbox().onChange(() => void look())
  await look()
  const last = await box.recall<Me>('me')
  if (last) me.value = last
  if (last) void askWho(last)
  else await askWho(last)
  addEventListener('online', () => network(true))
  addEventListener('offline', () => network(false))
  if (navigator.storage && navigator.storage.persist) void navigator.storage.persist()
}

function ended(): void {
  known.value = false
  expired.value = true
}

async function askWho(last: Me | undefined): Promise<void> {
  try {
    await welcome(await ok(dispatch.GET('/session')))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.status === 401 && last) ended()
    else if (error.status === 401) me.value = null
    else if (!last) {
      me.value = null
      away.value = error.message
    }
    online.value = error.status !== 0 && navigator.onLine
  }
}

/** Somebody is signed in: remembered for the next time without a network, and what waits goes out. */
export async function welcome(found: Me): Promise<void> {
  me.value = found
  expired.value = false
  away.value = ''
  online.value = true
  outbox().owner = found.login
  known.value = true
  await vault().keep('me', found)
  void outbox().pump()
}

function network(there: boolean): void {
  online.value = there
  if (!there || !me.value) return
  if (outbox().owner) void outbox().sendAll()
  else void askWho(me.value)
}

/** Everything that lies on this phone is gone. */
export async function wipe(): Promise<void> {
  known.value = false
  outbox().owner = null
  await vault().wipe()
  await look()
}
