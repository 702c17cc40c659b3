/** 封存: what is kept on the phone is sealed with AES-GCM under a key that no script can read out (WebCrypto). */
export interface Sealed {
  iv: ArrayBuffer
  bytes: ArrayBuffer
}

export interface Sealer {
  seal(value: unknown): Promise<Sealed>
  open<Value>(sealed: Sealed): Promise<Value>
  sealBytes(bytes: ArrayBuffer): Promise<Sealed>
  openBytes(sealed: Sealed): Promise<ArrayBuffer>
}

const ALGORITHM = 'AES-GCM'

export function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ['encrypt', 'decrypt'])
}

/** A sealer under the key. `open` rejects for what was sealed under another one or was changed since. */
export function sealer(key: CryptoKey): Sealer {
  async function sealBytes(bytes: ArrayBuffer): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    return { iv: iv.buffer as ArrayBuffer, bytes: await crypto.subtle.encrypt({ name: ALGORITHM, iv }, key, bytes) }
  }
  function openBytes(sealed: Sealed): Promise<ArrayBuffer> {
    return crypto.subtle.decrypt({ name: ALGORITHM, iv: new Uint8Array(sealed.iv) }, key, sealed.bytes)
  }
  return {
    sealBytes,
    openBytes,
    seal: (value) => sealBytes(new TextEncoder().encode(JSON.stringify(value)).buffer as ArrayBuffer),
    open: async <Value>(sealed: Sealed) => JSON.parse(new TextDecoder().decode(await openBytes(sealed))) as Value,
  }
}
