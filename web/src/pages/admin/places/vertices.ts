/** 顶点: the corners of a drawing as marks to drag, to move by arrow keys, to take away; between two, one to add. */
import { divIcon, layerGroup, marker, polygon, type LatLngTuple, type Map as LeafletMap, type Marker } from 'leaflet'
import { MOVES, pressable } from '@/ui/mark'
import { t } from '@/ui/texts'
import type { Ring, Spot } from './rings'

/** More than these in view are too many to tell apart: one zooms in. */
export const MOST_IN_VIEW = 300

export interface Ways {
  changed: (rings: Ring[]) => void
  crowded: (count: number) => void
  snap: (spot: Spot) => Spot
  colour: () => string
}

export function vertices(map: LeafletMap, ways: Ways) {
  const layer = layerGroup().addTo(map)
  let rings: Ring[] = []
  let focus: [ring: number, spot: number] | undefined
  map.on('moveend', draw)

  function show(next: Ring[]): void {
    rings = rounded(next)
    focus = undefined
    draw()
  }

  function tell(): void {
    rings = rounded(rings)
    ways.changed(rounded(rings))
    draw()
  }

  function draw(): void {
    if (!document.activeElement?.matches('.vertex, .between')) focus = undefined
    layer.clearLayers()
    const view = map.getBounds().pad(0.1)
    const count = rings.flatMap((ring) => ring.spots).filter((spot) => view.contains(at(spot))).length
    ways.crowded(count > MOST_IN_VIEW ? count : 0)
    rings.forEach((ring, index) => {
      const style = { color: ways.colour(), weight: 3, fillOpacity: ring.hole ? 0 : 0.15, interactive: false }
      const line = polygon(ring.spots.map(at), { ...style, ...(ring.hole ? { dashArray: '6 4' } : {}) })
      layer.addLayer(line)
      const move = () => line.setLatLngs(ring.spots.map(at))
      if (count > MOST_IN_VIEW) return
      ring.spots.forEach((spot, place) => {
        const next = ring.spots[(place + 1) % ring.spots.length] as Spot
        const between: Spot = [(spot[0] + next[0]) / 2, (spot[1] + next[1]) / 2]
        if (ring.spots.length > 1 && view.contains(at(between))) middle(index, place + 1, between)
        if (view.contains(at(spot))) corner(index, place, spot, move)
      })
    })
  }

  function corner(index: number, place: number, spot: Spot, move: () => unknown): void {
    const told = t('places.vertex', { n: place + 1 })
    const icon = divIcon({ className: 'vertex', iconSize: [18, 18] })
    const mark = marker(at(spot), { icon, draggable: true, title: told, alt: told, zIndexOffset: 500 })
    const spots = (rings[index] as Ring).spots
    mark.on('drag', () => {
      spots[place] = spotOf(mark)
      move()
    })
    mark.on('dragend', () => {
      spots[place] = ways.snap(spotOf(mark))
      tell()
    })
    mark.on('contextmenu', () => remove(index, place))
    layer.addLayer(mark)
    const element = mark.getElement() as HTMLElement
    element.addEventListener('keydown', (event) => key(event, index, place))
    if (focus?.[0] === index && focus[1] === place) element.focus()
  }

  function key(event: KeyboardEvent, index: number, place: number): void {
    const by = MOVES[event.key]
    if (event.key === 'Delete' || event.key === 'Backspace') remove(index, place)
    else if (by) {
      const spots = (rings[index] as Ring).spots
      const to = map.layerPointToLatLng(map.latLngToLayerPoint(at(spots[place] as Spot)).add(by))
      spots[place] = [to.lng, to.lat]
      focus = [index, place]
      tell()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  function remove(index: number, place: number): void {
    const ring = rings[index] as Ring
    ring.spots.splice(place, 1)
    focus = ring.spots.length ? [index, place % ring.spots.length] : undefined
    if (!ring.spots.length) rings.splice(index, 1)
    tell()
  }

  function middle(index: number, place: number, spot: Spot): void {
    const told = t('places.addBetween', { n: place, m: (place % (rings[index] as Ring).spots.length) + 1 })
    const icon = divIcon({ className: 'between', iconSize: [14, 14] })
    const mark = marker(at(spot), { icon, draggable: true, title: told, alt: told })
    const add = (where: Spot) => {
      ;(rings[index] as Ring).spots.splice(place, 0, where)
      focus = [index, place]
      tell()
    }
    pressable(mark, () => add(spot))
    mark.on('dragend', () => add(ways.snap(spotOf(mark))))
    layer.addLayer(mark)
  }

  /** A point at the end of the last ring; the first one begins a ring. */
  function append(spot: Spot): void {
    if (!rings.length) rings.push({ hole: false, spots: [] })
    ;(rings[rings.length - 1] as Ring).spots.push(ways.snap(spot))
    focus = undefined
    tell()
  }

  return { show, append }
}

/** To a millimetre, as the text has it. */
const rounded = (rings: readonly Ring[]): Ring[] =>
  rings.map(({ hole, spots }) => ({ hole, spots: spots.map(([lon, lat]): Spot => [millimetre(lon), millimetre(lat)]) }))
const millimetre = (degrees: number): number => Number(degrees.toFixed(8))
const at = (spot: Spot): LatLngTuple => [spot[1], spot[0]]
const spotOf = (mark: Marker): Spot => [mark.getLatLng().lng, mark.getLatLng().lat]
