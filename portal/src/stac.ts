/** STAC Items as the page reads them, and the facts a person asks of one. */

import { t } from './messages'
import { amount, clock, day, latLon } from './figures'
import type { Box } from './view'

export interface Link {
  rel: string
  href: string
  type?: string
  title?: string
}

export interface Asset {
  href: string
  type?: string
  title?: string
  roles?: string[]
  bands?: Band[]
  'file:size'?: number
  'proj:shape'?: [number, number]
}

export interface Band {
  name?: string
  'eo:common_name'?: string
}

export interface Provider {
  name: string
  roles?: string[]
}

export interface Item {
  type: 'Feature'
  id: string
  collection: string
  geometry: GeoJSON.Geometry | null
  bbox?: number[]
  properties: Record<string, unknown>
  assets: Record<string, Asset>
  links: Link[]
}

export interface Collection {
  id: string
  title?: string
  description?: string
  license?: string
  providers?: Provider[]
}

export interface Fact {
  name: string
  value: string
  more?: string
}

/** Return how an Item is named across Collections: `collection/item`. */
export function keyOf(item: Pick<Item, 'collection' | 'id'>): string {
  return `${item.collection}/${item.id}`
}

/** Return the path of the Item that a key names. */
export function pathOf(key: string): string {
  const cut = key.indexOf('/')
  return `api/collections/${encodeURIComponent(key.slice(0, cut))}/items/${encodeURIComponent(key.slice(cut + 1))}`
}

export function linkOf(item: Item, rel: string): string | null {
  return item.links.find(link => link.rel === rel)?.href ?? null
}

export function titleOf(item: Item): string {
  return text(item, 'title') ?? item.id
}

export function boxOfItem(item: Item): Box | null {
  const box = item.bbox ?? []
  const flat = box.length === 6 ? [box[0], box[1], box[3], box[4]] : box
  if (flat.length !== 4 || !flat.every(n => typeof n === 'number')) return null
  const [west, south, east, north] = flat as unknown as Box
  return [west, south, west > east ? east + 360 : east, north]
}

/** Return whether an Item was computed from another one. */
export function isResult(item: Item): boolean {
  return text(item, 'thalweg:process') !== null || item.links.some(link => link.rel === 'derived_from')
}

/** Return the number that a result leads with, with its unit. */
export function leadOf(item: Item): string | null {
  const area = number(item, 'thalweg:water_area_km2')
  return area === null ? null : `${amount(area)} km²`
}

/** Return how a result came to be, in the order a person would tell it. */
export function recipeOf(item: Item, full = true): string[] {
  const threshold = number(item, 'thalweg:threshold')
  const eta = number(item, 'thalweg:separability')
  const otsu = text(item, 'thalweg:method') !== 'fixed'
  const process = [text(item, 'thalweg:process'), text(item, 'thalweg:process_version')].filter(Boolean).join(' ')
  return [
    text(item, 'thalweg:index'),
    threshold === null ? null : otsu ? t.item.otsu(amount(threshold)) : t.item.fixed(amount(threshold)),
    eta === null || !full ? null : t.item.eta(eta.toFixed(2)),
    full ? process : null,
  ].filter(part => part !== null && part !== '') as string[]
}

/** Return when an Item was observed: a moment, an interval, or honestly unknown. */
export function whenOfItem(item: Item): Fact {
  const [at, from, to] = ['datetime', 'start_datetime', 'end_datetime'].map(name => text(item, name))
  const value = at ? day(at) : from && to ? `${day(from)} – ${day(to)}` : t.item.dateUnknown
  if (item.properties['thalweg:date_known'] !== false) return { name: t.item.when, value }
  const years = from && to ? t.item.between(from.slice(0, 4), to.slice(0, 4)) : undefined
  return { name: t.item.when, value: t.item.dateUnknown, more: years }
}

/** Return the facts that are known of an Item; what is not known is left out. A result owes its credit to its source. */
export function factsOf(item: Item, collection: Collection | undefined, source: Item | undefined): Fact[] {
  const box = boxOfItem(item)
  const sensor = [text(item, 'platform'), list(item, 'instruments')].filter(Boolean)
  const cloud = number(item, 'eo:cloud_cover')
  const facts: (Fact | null)[] = [
    whenOfItem(item),
    box && { name: t.item.where, value: latLon((box[1] + box[3]) / 2, (box[0] + box[2]) / 2) },
    sensor.length ? { name: t.item.by, value: sensor[0] ?? '', more: sensor[1] ?? undefined } : null,
    cloud === null ? null : { name: t.item.cloud, value: `${amount(cloud)} %` },
    computed(item),
    picture(item),
    credit(item, collection) ?? (source ? credit(source, undefined) : null),
  ]
  return facts.filter(fact => fact !== null)
}

/** Return the line that tells one row of a list from the next. */
export function lineOf(item: Item): string {
  const lead = leadOf(item)
  if (lead) return [lead, ...recipeOf(item, false)].join(' · ')
  const cloud = number(item, 'eo:cloud_cover')
  const parts = [whenOfItem(item).value, text(item, 'platform'), cloud === null ? null : `${amount(cloud)} % cloud`]
  return parts.filter(Boolean).join(' · ')
}

/** Return the lines of Items that stand together: equal ones tell when each was computed. */
export function linesOf(items: readonly Item[]): string[] {
  const lines = items.map(item => `${titleOf(item)}\n${lineOf(item)}`)
  return items.map((item, n) => {
    const alone = lines.indexOf(lines[n] ?? '') === lines.lastIndexOf(lines[n] ?? '')
    const made = text(item, 'created')
    return alone || !made ? lineOf(item) : `${lineOf(item)} · ${clock(made)}`
  })
}

/** Return the names of an Item's bands, for the fields that ask for one. */
export function bandsOf(item: Item): string[] {
  const bands = Object.values(item.assets).flatMap(asset => asset.bands ?? [])
  return [...new Set(bands.map(band => band.name).filter(name => name !== undefined))]
}

function computed(item: Item): Fact | null {
  const made = text(item, 'created')
  return made && isResult(item) ? { name: t.item.computed, value: clock(made) } : null
}

function picture(item: Item): Fact | null {
  const shape = (item.properties['proj:shape'] ?? Object.values(item.assets).find(asset => asset['proj:shape'])?.['proj:shape']) as
    | [number, number]
    | undefined
  const bands = isResult(item) ? 0 : Math.max(0, ...Object.values(item.assets).map(asset => asset.bands?.length ?? 0))
  const gsd = number(item, 'gsd')
  const more = [bands ? t.item.bands(bands) : null, gsd === null ? null : t.item.resolution(amount(gsd))].filter(Boolean).join(', ')
  if (!shape) return more ? { name: t.item.size, value: more } : null
  return { name: t.item.size, value: t.item.pixels(shape[1], shape[0]), more: more || undefined }
}

function credit(item: Item, collection: Collection | undefined): Fact | null {
  const providers = (item.properties.providers ?? collection?.providers ?? []) as Provider[]
  const license = text(item, 'license') ?? collection?.license
  const named = license && license !== 'other' && license !== 'proprietary' ? license : undefined
  const value = text(item, 'attribution') ?? providers.map(provider => provider.name).join(', ')
  return value || named ? { name: t.item.credit, value: value || (named ?? ''), more: value ? named : undefined } : null
}

function text(item: Item, name: string): string | null {
  const value = item.properties[name]
  return typeof value === 'string' && value !== '' ? value : null
}

function number(item: Item, name: string): number | null {
  const value = item.properties[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function list(item: Item, name: string): string | null {
  const value = item.properties[name]
  return Array.isArray(value) && value.length ? value.join(', ') : null
}
