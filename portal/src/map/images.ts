/** The layer stack as MapLibre draws it: one raster source and layer per Item, the first on top. */

import type { Map, RasterSourceSpecification } from 'maplibre-gl'

export interface Drawn {
  id: string
  opacity: number
  on: boolean
  source: RasterSourceSpecification
}

const PREFIX = 'image:'

export function drawImages(map: Map, images: readonly Drawn[], below: string, fade: number): void {
  const wanted = new Set(images.map(image => PREFIX + image.id))
  for (const layer of map.getStyle().layers) {
    if (!layer.id.startsWith(PREFIX) || wanted.has(layer.id)) continue
    map.removeLayer(layer.id)
    map.removeSource(layer.id)
  }
  let before = below
  for (const image of images) {
    before = drawImage(map, image, before, fade)
  }
}

function drawImage(map: Map, image: Drawn, before: string, fade: number): string {
  const id = PREFIX + image.id
  if (!map.getSource(id)) map.addSource(id, image.source)
  if (map.getLayer(id)) map.moveLayer(id, before)
  else map.addLayer({ id, type: 'raster', source: id, paint: { 'raster-fade-duration': fade } }, before)
  map.setPaintProperty(id, 'raster-opacity', image.opacity)
  map.setLayoutProperty(id, 'visibility', image.on ? 'visible' : 'none')
  return id
}
