import createClient, { type Middleware } from 'openapi-fetch'
import { language, t } from '@/ui/texts'
import { Problem, problemOf } from './problem'
import type { paths as DispatchPaths } from './schema/dispatch'
import type { paths as IntakePaths } from './schema/intake'
import type { paths as NotifyPaths } from './schema/notify'

type Listener = () => void
const whenExpired: Listener[] = []

/** Calls back whenever an answer says that nobody is signed in any more. */
export function onExpired(call: Listener): void {
  whenExpired.push(call)
}

const manners: Middleware = {
  onRequest({ request }) {
    request.headers.set('X-GridCall', '1')
    request.headers.set('Accept-Language', language.value)
    return request
  },
  async onResponse({ request, response }) {
    if (response.ok) return response
    const problem = await problemOf(response, t('common.problem.unreadable'))
    if (response.status === 401 && !/\/session(\/password)?$/.test(request.url)) whenExpired.forEach((call) => call())
    throw problem
  },
  onError() {
    return new Problem(0, 'network', t('common.problem.network'))
  },
}

function client<Paths extends object>(name: string) {
  const made = createClient<Paths>({ baseUrl: `${location.origin}/api/${name}`, credentials: 'same-origin' })
  made.use(manners)
  return made
}

/** 受理, 派单处置, 通知回访. A call resolves with its data or throws a Problem. */
export const intake = client<IntakePaths>('intake')
export const dispatch = client<DispatchPaths>('dispatch')
export const notify = client<NotifyPaths>('notify')

/** The data of an answer; refusals have been thrown before. */
export async function ok<Data>(answer: Promise<{ data?: Data }>): Promise<Data> {
  return (await answer).data as Data
}

/** A key under which an act is done once, however often it is sent: 128 random bits. */
export function requestKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
