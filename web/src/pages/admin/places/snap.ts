/** 吸附: a point near a neighbour's corner or border lies exactly on it, so that no sliver is left between two grids. */
import type { Map as LeafletMap, Point } from 'leaflet'
import { ringsOf, type Spot } from './rings'

const NEAR_PX = 10

export function snapped(map: LeafletMap, spot: Spot, shapes: readonly unknown[]): Spot {
  const here = map.latLngToLayerPoint([spot[1], spot[0]])
  let corner: { spot: Spot; px: number } | undefined
  let border: { spot: Spot; px: number } | undefined
  for (const [from, to] of sides(map, spot, shapes)) {
    const start = map.latLngToLayerPoint([from[1], from[0]])
    const end = map.latLngToLayerPoint([to[1], to[0]])
    const px = start.distanceTo(here)
    if (px <= NEAR_PX && px < (corner?.px ?? Infinity)) corner = { spot: from, px }
    const share = along(start, end, here)
    const on = start.add(end.subtract(start).multiplyBy(share))
    const far = on.distanceTo(here)
    if (far <= NEAR_PX && far < (border?.px ?? Infinity))
      border = { spot: [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share], px: far }
  }
  return (corner ?? border)?.spot ?? spot
}

/** The sides of the shapes that come near the point. */
function* sides(map: LeafletMap, spot: Spot, shapes: readonly unknown[]): Generator<[Spot, Spot]> {
  const at = map.latLngToLayerPoint([spot[1], spot[0]])
  const west = map.layerPointToLatLng(at.subtract([NEAR_PX, -NEAR_PX]))
  const east = map.layerPointToLatLng(at.add([NEAR_PX, -NEAR_PX]))
  for (const { spots } of shapes.flatMap(ringsOf)) {
    for (const [place, from] of spots.entries()) {
      const to = spots[(place + 1) % spots.length] as Spot
      const apart =
        Math.max(from[0], to[0]) < west.lng ||
        Math.min(from[0], to[0]) > east.lng ||
        Math.max(from[1], to[1]) < west.lat ||
        Math.min(from[1], to[1]) > east.lat
      if (!apart) yield [from, to]
    }
  }
}

/** How far along from start to end, 0 to 1, the nearest point to `here` lies. */
function along(start: Point, end: Point, here: Point): number {
  const side = end.subtract(start)
  const length = side.x ** 2 + side.y ** 2
  const share = length ? ((here.x - start.x) * side.x + (here.y - start.y) * side.y) / length : 0
  return Math.min(1, Math.max(0, share))
}
