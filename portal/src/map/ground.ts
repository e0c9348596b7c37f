/** The ground: an offline basemap whose land and sea fade to neutral where its coast would be wrong. */

import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { address } from '../api'
import { palette, type Palette } from './palette'

/** Names, from the great to the small: up to which rank at which zoom. */
const NAMED: FilterSpecification = ['<=', ['get', 'rank'], ['step', ['zoom'], 0, 2, 1, 3, 2, 4, 4, 5, 6, 6, 7, 7, 10]]
/** No font server: without `glyphs` MapLibre draws with the system's fonts. */
export const FONT = ['sans-serif']
/** The lowest layer of names: what is laid on the ground lies below it. */
export const NAMES = 'river-name'
const FADE: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 9, 1, 11, 0]

export function ground(dark: boolean): StyleSpecification {
  const colours = palette(dark)
  return {
    version: 8,
    sources: { ground: { type: 'vector', url: `pmtiles://${address('basemap/basemap.pmtiles')}` } },
    layers: [...surfaces(colours), ...lines(colours), ...names(colours)],
  }
}

function surfaces(colours: Palette): LayerSpecification[] {
  const fill = (id: string, colour: string): LayerSpecification => ({
    id,
    type: 'fill',
    source: 'ground',
    'source-layer': id,
    paint: { 'fill-color': colour, 'fill-opacity': FADE },
  })
  const fading: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 9, colours.sea, 11, colours.neutral]
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': fading } },
    fill('land', colours.land),
    fill('lake', colours.sea),
  ]
}

function lines(colours: Palette): LayerSpecification[] {
  const line = (id: string, colour: string, thin: number, thick: number, dash?: number[]): LayerSpecification => ({
    id,
    type: 'line',
    source: 'ground',
    'source-layer': id,
    layout: { 'line-join': 'round', 'line-cap': dash ? 'butt' : 'round' },
    paint: {
      'line-color': colour,
      'line-width': ['interpolate', ['linear'], ['zoom'], 2, thin, 8, thick],
      ...(dash ? { 'line-dasharray': dash } : {}),
      ...(id === 'river' ? { 'line-opacity': FADE } : {}),
    },
  })
  return [line('river', colours.river, 0.3, 1.4), line('region', colours.region, 0.6, 1, [3, 2]), line('border', colours.border, 0.5, 1.3)]
}

function names(colours: Palette): LayerSpecification[] {
  return [
    {
      id: NAMES,
      type: 'symbol',
      source: 'ground',
      'source-layer': 'river',
      minzoom: 4,
      maxzoom: 11,
      filter: ['has', 'name'],
      layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'symbol-spacing': 400 },
      paint: { 'text-color': colours.water, 'text-halo-color': colours.halo, 'text-halo-width': 1.2 },
    },
    {
      id: 'place-dot',
      type: 'circle',
      source: 'ground',
      'source-layer': 'place',
      minzoom: 4,
      filter: NAMED,
      paint: { 'circle-radius': 2.2, 'circle-color': colours.text, 'circle-stroke-color': colours.halo, 'circle-stroke-width': 1.2 },
    },
    {
      id: 'place',
      type: 'symbol',
      source: 'ground',
      'source-layer': 'place',
      filter: NAMED,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': ['interpolate', ['linear'], ['get', 'rank'], 0, 14, 8, 12],
        'symbol-sort-key': ['get', 'rank'],
        'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
        'text-radial-offset': 0.5,
        'text-justify': 'auto',
      },
      paint: { 'text-color': colours.name, 'text-halo-color': colours.halo, 'text-halo-width': 1.8 },
    },
  ]
}
