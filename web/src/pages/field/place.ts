/** Where things are: the phone's own position, and points of the cases in WGS-84. */
import { ref } from 'vue'
import type { Spot } from '@/offline/entry'

export interface Point {
  lon: number
  lat: number
}

/** Metres: from there on a position is too weak to be taken as it is. */
export const WEAK_M = 50
const WAIT_MS = 12_000
const GOOD_M = 15

/** The last position that the phone measured. */
export const here = ref<Spot | null>(null)

/** Measures until it is good or time is over; the best that came. Null: the phone does not know or may not say. */
export function locate(): Promise<Spot | null> {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null)
    let best: Spot | null = null
    let watch = 0
    const end = (): void => {
      clearTimeout(timer)
      navigator.geolocation.clearWatch(watch)
      if (best) here.value = best
      resolve(best)
    }
    const timer = setTimeout(end, WAIT_MS)
    watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        const found: Spot = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, by: 'DEVICE' }
        if (!best || coords.accuracy < (best.accuracy ?? Infinity)) best = found
        if (coords.accuracy <= GOOD_M) end()
      },
      end,
      { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 5_000 },
    )
  })
}

const EARTH_M = 6_371_008.8
const rad = (degrees: number): number => (degrees * Math.PI) / 180

/** Metres over the sphere. */
export function distance(one: Point, other: Point): number {
  const across = Math.sin((rad(other.lat) - rad(one.lat)) / 2) ** 2
  const along = Math.cos(rad(one.lat)) * Math.cos(rad(other.lat)) * Math.sin(rad(other.lon - one.lon) / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(across + along)))
}

/** A case's point in WGS-84; null where there is none or its system is not known (as casework/rules/points.py). */
export function pointOf(said: { lon: number | null; lat: number | null; crs: string | null }): Point | null {
  if (said.lon === null || said.lat === null) return null
  const point = { lon: said.lon, lat: said.lat }
  if (said.crs === 'WGS84' || said.crs === 'CGCS2000') return point
  if (said.crs === 'GCJ02') return fromGcj02(point)
  return said.crs === 'BD09' ? fromGcj02(fromBd09(point)) : null
}

const AXIS = 6_378_245
const FLATNESS = 0.006_693_421_622_965_943
const { PI, sin, cos, sqrt, abs, atan2 } = Math

function gcj02({ lon, lat }: Point): Point {
  const [x, y] = [lon - 105, lat - 35]
  const waves = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
  north += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3
  north += ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
  east += ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3
  east += ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3
  const bend = 1 - FLATNESS * sin(rad(lat)) ** 2
  const metresNorth = (((AXIS * (1 - FLATNESS)) / (bend * sqrt(bend))) * PI) / 180
  const metresEast = ((AXIS / sqrt(bend)) * cos(rad(lat)) * PI) / 180
  return { lon: lon + east / metresEast, lat: lat + north / metresNorth }
}

function fromGcj02(point: Point): Point {
  let found = point
  for (let step = 0; step < 6; step++) {
    const drawn = gcj02(found)
    found = { lon: found.lon + point.lon - drawn.lon, lat: found.lat + point.lat - drawn.lat }
  }
  return found
}

function fromBd09(point: Point): Point {
  const turn = (PI * 3000) / 180
  const [x, y] = [point.lon - 0.0065, point.lat - 0.006]
  const radius = sqrt(x * x + y * y) - 0.00002 * sin(y * turn)
  const angle = atan2(y, x) - 0.000003 * cos(x * turn)
  return { lon: radius * cos(angle), lat: radius * sin(angle) }
}
