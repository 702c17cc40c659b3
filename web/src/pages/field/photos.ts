/** 现场照片: taken or chosen, made small enough for a weak network, with when, where and whose written into it. */
import { requestKey } from '@/api/client'
import type { Moment, NewFile, Purpose, Spot } from '@/offline/entry'
import { dateTime } from '@/ui/time'

export const LONGEST_SIDE = 1600
const QUALITY = 0.7

/** What is written into the picture: lines from the top one down. */
export interface Mark {
  who: string
  number: string
  spot: Spot | null
}

export async function photoOf(file: File, purpose: Purpose, moment: Moment | null, mark: Mark): Promise<NewFile> {
  const takenAt = new Date()
  const picture = await load(file)
  const turn = ownTurn() ? 1 : orientation(await bytesOf(file.slice(0, 128 * 1024)))
  const canvas = drawn(picture, turn)
  write(canvas, [dateTime(takenAt), placeLine(mark.spot), `${mark.who} ${mark.number}`])
  const bytes = await bytesOf(await jpeg(canvas))
  const id = requestKey()
  const name = `${dateTime(takenAt).replace(/[: ]/g, '-')}.jpg`
  const about = { purpose, moment, spot: mark.spot, takenAt: takenAt.toISOString() }
  return { id, name, type: 'image/jpeg', size: bytes.byteLength, ...about, bytes }
}

export function placeLine(spot: Spot | null): string {
  if (!spot) return '—'
  const about = spot.accuracy === null ? '' : ` ±${Math.round(spot.accuracy)}m`
  return `${spot.lon.toFixed(5)}, ${spot.lat.toFixed(5)}${spot.by === 'MANUAL' ? ' *' : about}`
}

function load(file: File): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(file)
    const picture = new Image()
    picture.onload = () => {
      URL.revokeObjectURL(address)
      resolve(picture)
    }
    picture.onerror = () => {
      URL.revokeObjectURL(address)
      reject(new Error('unreadable'))
    }
    picture.src = address
  })
}

/** Whether the browser turns pictures by itself as their camera was held (Chrome 81, iOS 13.4). */
function ownTurn(): boolean {
  return typeof CSS !== 'undefined' && CSS.supports('image-orientation', 'from-image')
}

/** The size that a picture of this size gets; never larger than it was. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

function drawn(picture: HTMLImageElement, turn: number): HTMLCanvasElement {
  const { width, height } = fitted(picture.naturalWidth, picture.naturalHeight)
  const lying = turn >= 5
  const canvas = document.createElement('canvas')
  canvas.width = lying ? height : width
  canvas.height = lying ? width : height
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D
  if (turn === 3) pen.transform(-1, 0, 0, -1, width, height)
  if (turn === 6) pen.transform(0, 1, -1, 0, height, 0)
  if (turn === 8) pen.transform(0, -1, 1, 0, 0, width)
  pen.drawImage(picture, 0, 0, width, height)
  pen.setTransform(1, 0, 0, 1, 0, 0)
  return canvas
}

function write(canvas: HTMLCanvasElement, lines: string[]): void {
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D
  const size = Math.max(14, Math.round(Math.min(canvas.width, canvas.height) / 30))
  const step = Math.round(size * 1.35)
  const top = canvas.height - step * lines.length - size * 0.5
  pen.fillStyle = 'rgba(0, 0, 0, 0.55)'
  pen.fillRect(0, top, canvas.width, canvas.height - top)
  pen.fillStyle = '#fff'
  pen.font = `${size}px sans-serif`
  pen.textBaseline = 'top'
  lines.forEach((line, row) => pen.fillText(line, size * 0.6, top + size * 0.3 + step * row))
}

function jpeg(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('unreadable'))), 'image/jpeg', QUALITY),
  )
}

export function bytesOf(blob: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result as ArrayBuffer)
    reader.onerror = () => reject(reader.error)
    reader.readAsArrayBuffer(blob)
  })
}

/** How the camera was held: EXIF's Orientation of a JPEG, 1 where it says nothing. */
export function orientation(bytes: ArrayBuffer): number {
  const view = new DataView(bytes)
  let at = 2
  while (at + 12 < view.byteLength && view.getUint8(at) === 0xff) {
    const length = view.getUint16(at + 2)
    if (view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966) return inExif(view, at + 10)
    at += 2 + length
  }
  return 1
}

function inExif(view: DataView, start: number): number {
  const small = view.getUint16(start) === 0x4949
  const first = start + view.getUint32(start + 4, small)
  if (first + 2 > view.byteLength) return 1
  for (let row = 0; row < view.getUint16(first, small); row++) {
    const entry = first + 2 + row * 12
    if (entry + 12 > view.byteLength) return 1
    if (view.getUint16(entry, small) === 0x0112) return view.getUint16(entry + 8, small)
  }
  return 1
}
