/** Lines of equal longitude and latitude for what is in sight, with their degrees. */

const STEPS: readonly (readonly [zoom: number, degrees: number])[] = [
  [11.5, 0.1],
  [10, 0.2],
  [8.5, 0.5],
  [7, 1],
  [5, 5],
  [3, 10],
  [0, 30],
]

export interface Sight {
  west: number
  south: number
  east: number
  north: number
  zoom: number
}

export function graticule(sight: Sight): GeoJSON.FeatureCollection {
  const step = STEPS.find(([zoom]) => sight.zoom >= zoom)?.[1] ?? 30
  const [south, north] = [Math.max(sight.south, -85), Math.min(sight.north, 85)]
  const meridians = marks(sight.west, sight.east, step).map(lon =>
    line(degrees(wrapped(lon), step, 'E', 'W'), [[lon, south], [lon, north]]),
  )
  const parallels = marks(south, north, step).map(lat => line(degrees(lat, step, 'N', 'S'), [[sight.west, lat], [sight.east, lat]]))
  return { type: 'FeatureCollection', features: [...meridians, ...parallels] }
}

function marks(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, n) => (first + n) * step)
}

function wrapped(lon: number): number {
  return ((((lon + 180) % 360) + 360) % 360) - 180
}

function degrees(value: number, step: number, positive: string, negative: string): string {
  const rounded = Math.abs(value).toFixed(step < 1 ? 1 : 0)
  return Number(rounded) === 0 ? '0°' : `${rounded}° ${value < 0 ? negative : positive}`
}

function line(label: string, coordinates: number[][]): GeoJSON.Feature {
  return { type: 'Feature', properties: { label }, geometry: { type: 'LineString', coordinates } }
}
