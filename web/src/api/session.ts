import { computed, ref } from 'vue'
import { dispatch, ok, onExpired } from './client'
import { Problem } from './problem'
import type { components } from './schema/dispatch'

export type Me = components['schemas']['Me']
export type Role = components['schemas']['Role']

/** Who is signed in; undefined until it was asked, null when nobody is. */
export const me = ref<Me | null>()
/** The session ended while a page is open: the page stays, a dialog asks to sign in again. */
export const expired = ref(false)
export const roles = computed(() => new Set<Role>(me.value?.roles ?? []))

onExpired(() => {
  if (me.value) expired.value = true
})

/** Asks the server who we are; null when nobody is signed in. Throws a Problem when the server cannot be asked. */
export async function loadMe(): Promise<Me | null> {
  try {
    me.value = await ok(dispatch.GET('/session'))
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    me.value = null
  }
  return me.value ?? null
}

export async function signIn(login: string, password: string): Promise<Me> {
  return entered(await ok(dispatch.POST('/session', { body: { login, password } })))
}

/** Puts the person's own password in the place of the present or handed-out one, and signs in. */
export async function choosePassword(login: string, password: string, chosen: string): Promise<Me> {
  return entered(await ok(dispatch.POST('/session/password', { body: { login, password, chosen } })))
}

function entered(found: Me): Me {
  const another = me.value && me.value.login !== found.login
  me.value = found
  expired.value = false
  if (another) location.reload()
  return found
}

export async function signOut(): Promise<void> {
  try {
    await dispatch.DELETE('/session')
  } finally {
    me.value = null
    expired.value = false
  }
}

export function holdsAny(wanted: readonly Role[]): boolean {
  return wanted.some((role) => roles.value.has(role))
}
