/** 语音备注: recorded as WAV (8 kHz, mono), which every phone can write and the server takes; a minute at most. */
import { requestKey } from '@/api/client'
import type { NewFile, Purpose } from '@/offline/entry'

export const LONGEST_S = 60
const RATE = 8_000

type Maker = typeof AudioContext
const maker = (): Maker | undefined =>
  self.AudioContext ?? (self as unknown as { webkitAudioContext?: Maker }).webkitAudioContext

export function canRecord(): boolean {
  return !!(maker() && navigator.mediaDevices && navigator.mediaDevices.getUserMedia)
}

export interface Recording {
  /** Ends it; what was said. */
  stop(): NewFile
}

/** Begins to record; rejects where the person or the phone does not allow it. */
export async function record(purpose: Purpose): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  const audio = new (maker() as Maker)()
  const source = audio.createMediaStreamSource(stream)
  const tap = audio.createScriptProcessor(4096, 1, 1)
  const parts: Float32Array[] = []
  tap.onaudioprocess = (heard) => parts.push(new Float32Array(heard.inputBuffer.getChannelData(0)))
  source.connect(tap)
  tap.connect(audio.destination)
  const takenAt = new Date().toISOString()
  return {
    stop() {
      tap.disconnect()
      source.disconnect()
      stream.getTracks().forEach((track) => track.stop())
      void audio.close()
      const bytes = wav(thinned(parts, audio.sampleRate))
      const about = { purpose, moment: null, spot: null, takenAt }
      return { id: requestKey(), name: 'voice.wav', type: 'audio/wav', size: bytes.byteLength, ...about, bytes }
    },
  }
}

/** The mean of each stretch that becomes one sample of the thinner rate. */
export function thinned(parts: Float32Array[], rate: number): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  const step = rate / RATE
  const made = new Float32Array(Math.min(Math.floor(whole.length / step), LONGEST_S * RATE))
  for (let index = 0; index < made.length; index++) {
    const [from, to] = [
      Math.floor(index * step),
      Math.max(Math.floor((index + 1) * step), Math.floor(index * step) + 1),
    ]
    let sum = 0
    for (let sample = from; sample < to; sample++) sum += whole[sample] as number
    made[index] = sum / (to - from)
  }
  return made
}

export function wav(samples: Float32Array): ArrayBuffer {
  const bytes = new ArrayBuffer(44 + samples.length * 2)
  const view = new DataView(bytes)
  const text = (at: number, said: string): void => {
    for (let index = 0; index < said.length; index++) view.setUint8(at + index, said.charCodeAt(index))
  }
  text(0, 'RIFF')
  view.setUint32(4, 36 + samples.length * 2, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, RATE, true)
  view.setUint32(28, RATE * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, samples.length * 2, true)
  samples.forEach((sample, index) =>
    view.setInt16(44 + index * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 0x7fff), true),
  )
  return bytes
}
