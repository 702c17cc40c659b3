/** 边界: a GeoJSON polygon as rings, and as the text that a person may type: a point a line, an empty line between rings. */
export type Spot = [lon: number, lat: number]
/** Not closed: the last point is not the first again. A hole belongs to the ring before it. */
export interface Ring {
  hole: boolean
  spots: Spot[]
}
export interface Read {
  rings: Ring[]
  /** Lines, from 1, that are no point. */
  wrong: number[]
}

const HOLE = /^(洞|hole)$/i
const POINT = /^(-?\d+(?:\.\d+)?)[\s,，;；]+(-?\d+(?:\.\d+)?)$/

export function ringsOf(geometry: unknown): Ring[] {
  const { type, coordinates } = geometry as GeoJSON.Polygon | GeoJSON.MultiPolygon
  const parts = type === 'Polygon' ? [coordinates] : coordinates
  return parts.flatMap((part) =>
    part.map((ring, place) => ({
      hole: place > 0,
      spots: ring.slice(0, -1).map((spot): Spot => [spot[0] ?? 0, spot[1] ?? 0]),
    })),
  )
}

export function geometryOf(rings: Ring[]): GeoJSON.Polygon | GeoJSON.MultiPolygon {
  const parts: Spot[][][] = []
  for (const ring of rings) {
    const closed = [...ring.spots, ...ring.spots.slice(0, 1)]
    const last = parts[parts.length - 1]
    if (ring.hole && last) last.push(closed)
    else parts.push([closed])
  }
  return parts.length > 1
    ? { type: 'MultiPolygon', coordinates: parts }
    : { type: 'Polygon', coordinates: parts[0] ?? [] }
}

/** As the registry keeps it, to a millimetre: a point that nobody moved stays where it is. */
export function textOf(rings: Ring[]): string {
  const shown = (ring: Ring) => ring.spots.map((spot) => spot.map((one) => Number(one.toFixed(8))).join(', '))
  return rings.map((ring) => [...(ring.hole ? ['hole'] : []), ...shown(ring)].join('\n')).join('\n\n')
}

export function readText(text: string): Read {
  const rings: Ring[] = []
  const wrong: number[] = []
  let open: Ring | undefined
  text.split('\n').forEach((line, place) => {
    const said = line.trim()
    const point = POINT.exec(said)
    if (!said) open = undefined
    else if (HOLE.test(said)) rings.push((open = { hole: true, spots: [] }))
    else if (!point) wrong.push(place + 1)
    else {
      if (!open) rings.push((open = { hole: false, spots: [] }))
      open.spots.push([Number(point[1]), Number(point[2])])
    }
  })
  return { rings, wrong }
}
