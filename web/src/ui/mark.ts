/** Marks on a map answer the keyboard too: Leaflet itself makes them focusable and then deaf. */
import type { Map as LeafletMap, Marker } from 'leaflet'

const STEP_PX = 2
/** What an arrow key moves by, in pixels of the map. */
export const MOVES: Record<string, [number, number]> = {
  ArrowLeft: [-STEP_PX, 0],
  ArrowRight: [STEP_PX, 0],
  ArrowUp: [0, -STEP_PX],
  ArrowDown: [0, STEP_PX],
}

/** Keys pressed on a mark, from when it is on the map; the map hears none that `hear` answers with true. */
export function hearKeys(mark: Marker, hear: (event: KeyboardEvent) => boolean): Marker {
  return mark.on('add', () =>
    mark.getElement()?.addEventListener('keydown', (event) => {
      if (!hear(event)) return
      event.preventDefault()
      event.stopPropagation()
    }),
  )
}

/** Done by a click, by Enter and by the space bar. */
export function pressable(mark: Marker, act: () => void): Marker {
  mark.on('click', act)
  return hearKeys(mark, (event) => {
    const pressed = event.key === 'Enter' || event.key === ' '
    if (pressed) act()
    return pressed
  })
}

/** Moved by dragging and by the arrow keys; `moved` when it has come to rest. */
export function steerable(mark: Marker, on: LeafletMap, moved: () => void): Marker {
  mark.on('dragend', moved)
  return hearKeys(mark, (event) => {
    const by = MOVES[event.key]
    if (by) {
      mark.setLatLng(on.layerPointToLatLng(on.latLngToLayerPoint(mark.getLatLng()).add(by)))
      moved()
    }
    return !!by
  })
}
