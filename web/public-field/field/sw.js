// 离线外壳: keeps the field page with its files, answers from them at once, and looks for a newer one behind.
// The APIs are never answered from here: what the phone keeps of them is the page's business, and is sealed.
const KEPT = 'field-shell'
const PAGE = '/field/'
const FILE = /(?:src|href)="(\/field-assets\/[^"]+|\/field\/[^"]+|\/icon\.svg)"/g

function filesOf(html) {
  const found = []
  let one
  FILE.lastIndex = 0
  while ((one = FILE.exec(html))) found.push(one[1])
  return found
}

// The page is put last: whoever finds it finds all its files.
async function keep() {
  const answer = await fetch(PAGE, { cache: 'no-cache', credentials: 'same-origin' })
  if (!answer.ok) throw new Error('page ' + answer.status)
  const html = await answer.clone().text()
  const kept = await caches.open(KEPT)
  const before = await kept.match(PAGE)
  if (before && (await before.text()) === html) return false
  for (const file of filesOf(html)) {
    if (await kept.match(file)) continue
    const got = await fetch(file)
    if (!got.ok) throw new Error(file + ' ' + got.status)
    await kept.put(file, got)
  }
  await kept.put(PAGE, answer)
  return before !== undefined
}

// Files of earlier pages go when a page is opened anew.
async function tidy() {
  const kept = await caches.open(KEPT)
  const page = await kept.match(PAGE)
  if (!page) return
  const wanted = filesOf(await page.text()).concat(PAGE)
  for (const request of await kept.keys()) {
    if (wanted.indexOf(new URL(request.url).pathname) < 0) await kept.delete(request)
  }
}

async function tellAll() {
  for (const page of await self.clients.matchAll({ type: 'window' })) page.postMessage('new-version')
}

self.addEventListener('install', (event) => {
  self.skipWaiting()
  event.waitUntil(keep())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate' && /^\/field(\/|$)/.test(url.pathname)) event.respondWith(page(event))
  else if (/^\/field-assets\//.test(url.pathname) || url.pathname === '/icon.svg') event.respondWith(file(request))
})

async function page(event) {
  const kept = await (await caches.open(KEPT)).match(PAGE)
  if (!kept) return fetch(event.request)
  event.waitUntil(
    tidy()
      .then(keep)
      .then((newer) => newer && tellAll())
      .catch(() => undefined),
  )
  return kept
}

async function file(request) {
  const kept = await (await caches.open(KEPT)).match(new URL(request.url).pathname)
  return kept || fetch(request)
}
