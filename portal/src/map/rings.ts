/** Jobs on the map: a dashed outline of the area, and in its middle a ring that fills. */

import { Marker, type GeoJSONSource, type Map } from 'maplibre-gl'
import type { Box } from '../view'

export interface JobArea {
  id: string
  box: Box
  percent: number
  label: string
}

const SVG = 'http://www.w3.org/2000/svg'

export class Rings {
  readonly #marks = new globalThis.Map<string, Marker>()

  constructor(
    private readonly map: Map,
    private readonly pick: (id: string) => void,
  ) {}

  draw(areas: readonly JobArea[]): void {
    this.map.getSource<GeoJSONSource>('jobs')?.setData({ type: 'FeatureCollection', features: areas.map(outline) })
    const wanted = new Set(areas.map(area => area.id))
    for (const [id, mark] of this.#marks) {
      if (wanted.has(id)) continue
      mark.remove()
      this.#marks.delete(id)
    }
    for (const area of areas) this.#ring(area)
  }

  #ring(area: JobArea): void {
    const mark = this.#marks.get(area.id) ?? this.#add(area)
    const element = mark.getElement()
    element.setAttribute('aria-label', area.label)
    element.querySelector('.done')?.setAttribute('stroke-dasharray', `${area.percent} 100`)
    const figure = element.querySelector('text')
    if (figure) figure.textContent = `${Math.round(area.percent)} %`
  }

  #add(area: JobArea): Marker {
    const [west, south, east, north] = area.box
    const element = document.createElement('button')
    element.type = 'button'
    element.className = 'ring'
    element.append(dial())
    element.addEventListener('click', event => {
      event.stopPropagation()
      this.pick(area.id)
    })
    const mark = new Marker({ element }).setLngLat([(west + east) / 2, (south + north) / 2]).addTo(this.map)
    this.#marks.set(area.id, mark)
    return mark
  }
}

function dial(): SVGElement {
  const circle = (name: string, r: number) => shape('circle', { class: name, cx: 32, cy: 32, r, pathLength: 100 })
  const dial = shape('svg', { viewBox: '0 0 64 64', width: 64, height: 64, 'aria-hidden': 'true' })
  const done = circle('done', 25)
  done.setAttribute('transform', 'rotate(-90 32 32)')
  dial.append(circle('plate', 32), circle('track', 25), done, shape('text', { x: 32, y: 32 }))
  return dial
}

function shape(name: string, told: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(told)) element.setAttribute(key, `${value}`)
  return element
}

function outline(area: JobArea): GeoJSON.Feature {
  const [west, south, east, north] = area.box
  const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
  return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } }
}
