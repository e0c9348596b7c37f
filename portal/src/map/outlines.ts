/** Footprints as outlines in ink with a halo: equal ones once, filled where pointed at, heavier in hand. */

import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, LineLayerSpecification, Map } from 'maplibre-gl'
import type { Palette } from './palette'

export interface Footprint {
  id: string
  geometry: GeoJSON.Geometry
}

export interface Pointed {
  hand: string | null
  near: string | null
}

/** The lowest layer of the outlines: images are drawn below it. */
export const OUTLINES = 'footprint-fill'

/** Add the outlines under the names, so that a name is read over an image and its border. */
export function addOutlines(map: Map, colours: Palette, below: string): void {
  const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
  map.addSource('footprints', { type: 'geojson', data: empty })
  map.addSource('jobs', { type: 'geojson', data: empty })
  const layers: LayerSpecification[] = [
    { id: OUTLINES, type: 'fill', source: 'footprints', paint: { 'fill-color': colours.ink, 'fill-opacity': 0 } },
    line('footprint-halo', 'footprints', { 'line-color': colours.outline, 'line-width': 4, 'line-opacity': 0.75 }),
    line('footprint', 'footprints', { 'line-color': colours.ink }),
    line('job-halo', 'jobs', { 'line-color': colours.outline, 'line-width': 5, 'line-opacity': 0.75 }),
    line('job', 'jobs', { 'line-color': colours.ink, 'line-width': 2, 'line-dasharray': [2, 1.5] }),
  ]
  for (const layer of layers) map.addLayer(layer, below)
}

function line(id: string, source: string, paint: LineLayerSpecification['paint']): LineLayerSpecification {
  return { id, type: 'line', source, layout: { 'line-join': 'round' }, paint }
}

export function drawOutlines(map: Map, footprints: readonly Footprint[], pointed: Pointed): void {
  const source = map.getSource<GeoJSONSource>('footprints')
  source?.setData({ type: 'FeatureCollection', features: merged(footprints) })
  const has = (id: string | null): ExpressionSpecification => ['in', `|${id ?? '|'}|`, ['get', 'ids']]
  map.setPaintProperty('footprint', 'line-width', ['case', has(pointed.hand), 2, 1.2])
  map.setPaintProperty(OUTLINES, 'fill-opacity', ['case', has(pointed.hand), 0, has(pointed.near), 0.14, 0])
}

/** Items of one footprint are one outline that knows them all. */
function merged(footprints: readonly Footprint[]): GeoJSON.Feature[] {
  const equal = new globalThis.Map<string, Footprint[]>()
  for (const one of footprints) {
    const key = JSON.stringify(one.geometry, (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e4) : value))
    equal.set(key, [...(equal.get(key) ?? []), one])
  }
  return [...equal.values()].flatMap(group => {
    const geometry = group[0]?.geometry
    const ids = `|${group.map(one => one.id).join('|')}|`
    return geometry ? [{ type: 'Feature', properties: { ids }, geometry } satisfies GeoJSON.Feature] : []
  })
}
