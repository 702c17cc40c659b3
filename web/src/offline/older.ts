/** What browsers of 2017 (Chrome 61, iOS 11) lack and our pages use; loaded before everything else. */
interface Open {
  [name: string]: unknown
}

function lacking(holder: object, name: string, value: unknown): void {
  if (!(name in holder)) Object.defineProperty(holder, name, { value, configurable: true, writable: true })
}

lacking(self, 'globalThis', self)

lacking(Object, 'fromEntries', function fromEntries(pairs: Iterable<[string, unknown]>): Open {
  const made: Open = {}
  for (const [key, value] of Array.from(pairs)) made[key] = value
  return made
})

lacking(Promise.prototype, 'finally', function settle(this: Promise<unknown>, act: () => unknown): Promise<unknown> {
  return this.then(
    (value) => Promise.resolve(act()).then(() => value),
    (reason) =>
      Promise.resolve(act()).then(() => {
        throw reason
      }),
  )
})
