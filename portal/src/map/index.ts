/** The map, split off from the first paint: it is told what to show and tells where it is and what was picked. */

import { addProtocol, Map, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl'
import worker from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import 'maplibre-gl/dist/maplibre-gl.css'
import { Protocol } from 'pmtiles'
import { t } from '../messages'
import type { Box, View } from '../view'
import { graticule } from './graticule'
import { FONT, ground, NAMES } from './ground'
import { drawImages, type Drawn } from './images'
import { addOutlines, drawOutlines, OUTLINES, type Footprint, type Pointed } from './outlines'
import { palette } from './palette'
import { Rings, type JobArea } from './rings'

export type { Drawn } from './images'
export type { Footprint, Pointed } from './outlines'
export type { JobArea } from './rings'

export type At = NonNullable<View['at']>
export type Padding = { top: number; right: number; bottom: number; left: number }

export interface Told {
  moved(at: At): void
  picked(ids: string[]): void
  pointed(ids: string[]): void
  pickedJob(id: string): void
}

setWorkerUrl(worker)
addProtocol('pmtiles', new Protocol().tile)

const GESTURE = 180

export class MapFace {
  readonly #map: Map
  readonly #rings: Rings
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)').matches
  readonly #dark = matchMedia('(prefers-color-scheme: dark)')
  #images: readonly Drawn[] = []
  #footprints: readonly Footprint[] = []
  #pointed: Pointed = { hand: null, near: null }
  #jobs: readonly JobArea[] = []
  #ready = false

  constructor(
    readonly element: HTMLElement,
    at: At,
    private readonly told: Told,
  ) {
    this.#map = new Map({
      container: element,
      style: ground(this.#dark.matches),
      center: [at[0], at[1]],
      zoom: at[2],
      attributionControl: false,
      fadeDuration: this.#still ? 0 : 150,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
    })
    this.#map.touchZoomRotate.disableRotation()
    this.#map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right')
    this.#map.addControl(new ScaleControl({ maxWidth: 96 }), 'bottom-right')
    this.#map.getCanvas().setAttribute('aria-label', t.map.label)
    this.#rings = new Rings(this.#map, id => told.pickedJob(id))
    this.#listen()
  }

  /** Show these images, the first on top. */
  images(images: readonly Drawn[]): void {
    this.#images = images
    if (this.#ready) drawImages(this.#map, images, OUTLINES, this.#fade)
  }

  footprints(footprints: readonly Footprint[]): void {
    this.#footprints = footprints
    if (this.#ready) drawOutlines(this.#map, footprints, this.#pointed)
  }

  point(pointed: Pointed): void {
    this.#pointed = pointed
    if (this.#ready) drawOutlines(this.#map, this.#footprints, pointed)
  }

  jobs(jobs: readonly JobArea[]): void {
    this.#jobs = jobs
    if (this.#ready) this.#rings.draw(jobs)
  }

  /** Bring a box into the part of the map that nothing covers. */
  fit(box: Box, padding: Padding, closest = 13): void {
    this.#map.fitBounds([box[0], box[1], box[2], box[3]], { padding, duration: this.#motion, maxZoom: closest })
  }

  /** Bring a box into sight unless most of it is there already, large enough to be looked at. */
  find(box: Box, padding: Padding): void {
    if (!this.#sees(box, padding)) this.fit(box, padding)
  }

  go(at: At): void {
    this.#map.jumpTo({ center: [at[0], at[1]], zoom: at[2] })
  }

  /** What is in sight, in degrees. */
  sight(): Box {
    const bounds = this.#map.getBounds()
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
  }

  resize(): void {
    this.#map.resize()
  }

  get #motion(): number {
    return this.#still ? 0 : GESTURE
  }

  get #fade(): number {
    return this.#still ? 0 : GESTURE
  }

  #sees(box: Box, padding: Padding): boolean {
    const { clientWidth, clientHeight } = this.element
    const [left, top] = [this.#map.project([box[0], box[3]]).x, this.#map.project([box[0], box[3]]).y]
    const [right, bottom] = [this.#map.project([box[2], box[1]]).x, this.#map.project([box[2], box[1]]).y]
    const inside = left >= padding.left / 2 && top >= 0 && right <= clientWidth && bottom <= clientHeight - padding.bottom / 2
    return inside && right - left > 160
  }

  #listen(): void {
    const map = this.#map
    map.on('load', () => this.#dress())
    map.on('moveend', () => this.#moved())
    map.on('movestart', () => (this.element.dataset.state = 'moving'))
    map.on('idle', () => (this.element.dataset.state = 'idle'))
    map.on('click', event => this.told.picked(this.#under(event.point)))
    map.on('mousemove', event => this.#hover(this.#under(event.point)))
    map.on('mouseout', () => this.#hover([]))
    this.#dark.addEventListener('change', event => {
      this.#ready = false
      map.once('style.load', () => this.#dress())
      map.setStyle(ground(event.matches), { diff: false })
    })
  }

  #hover(ids: string[]): void {
    this.#map.getCanvas().classList.toggle('over', ids.length > 0)
    this.told.pointed(ids)
  }

  #under(point: { x: number; y: number }): string[] {
    if (!this.#ready) return []
    const found = this.#map.queryRenderedFeatures([point.x, point.y], { layers: [OUTLINES] })
    return [...new Set(found.flatMap(one => String(one.properties.ids).split('|').filter(Boolean)))]
  }

  #dress(): void {
    const colours = palette(this.#dark.matches)
    this.#map.addSource('grid', { type: 'geojson', data: this.#grid() })
    this.#map.addLayer(
      { id: 'grid', type: 'line', source: 'grid', paint: { 'line-color': colours.grid, 'line-width': 0.6, 'line-opacity': 0.45 } },
      NAMES,
    )
    this.#map.addLayer(
      {
        id: 'grid-label',
        type: 'symbol',
        source: 'grid',
        layout: { 'symbol-placement': 'line', 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 11, 'symbol-spacing': 700 },
        paint: { 'text-color': colours.text, 'text-halo-color': colours.halo, 'text-halo-width': 1.4 },
      },
      NAMES,
    )
    addOutlines(this.#map, colours, NAMES)
    this.#ready = true
    this.images(this.#images)
    this.footprints(this.#footprints)
    this.jobs(this.#jobs)
  }

  #grid(): GeoJSON.FeatureCollection {
    const [west, south, east, north] = this.sight()
    return graticule({ west, south, east, north, zoom: this.#map.getZoom() })
  }

  #moved(): void {
    this.#map.getSource<GeoJSONSource>('grid')?.setData(this.#grid())
    const { lng, lat } = this.#map.getCenter().wrap()
    this.told.moved([lng, lat, this.#map.getZoom()])
  }
}
