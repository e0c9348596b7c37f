/** Footprints as outlines in ink with a halo: equal ones once, filled where pointed at, heavier in hand. */

import type { ExpressionSpecification, GeoJSONSource, Map } from 'maplibre-gl'
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

export function addOutlines(map: Map, colours: Palette): void {
  const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
  map.addSource('footprints', { type: 'geojson', data: empty })
  map.addSource('jobs', { type: 'geojson', data: empty })
  map.addLayer({ id: OUTLINES, type: 'fill', source: 'footprints', paint: { 'fill-color': colours.ink, 'fill-opacity': 0 } })
  map.addLayer({
    id: 'footprint-halo',
    type: 'line',
    source: 'footprints',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': colours.outline, 'line-width': 4, 'line-opacity': 0.75 },
  })
  map.addLayer({ id: 'footprint', type: 'line', source: 'footprints', layout: { 'line-join': 'round' }, paint: { 'line-color': colours.ink } })
  map.addLayer({
    id: 'job-halo',
    type: 'line',
    source: 'jobs',
    paint: { 'line-color': colours.outline, 'line-width': 5, 'line-opacity': 0.75 },
  })
  map.addLayer({
    id: 'job',
    type: 'line',
    source: 'jobs',
    paint: { 'line-color': colours.ink, 'line-width': 2, 'line-dasharray': [2, 1.5] },
  })
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
