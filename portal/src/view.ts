/** What a colleague sees who opens the same address: the page's one serialisable state, and nothing that is secret. */

export interface ShownLayer {
  /** `collection/item` */
  id: string
  /** 0 to 1 */
  opacity: number
  on: boolean
}

export type Verb = '' | 'compute' | 'get' | 'share'

export interface View {
  /** Longitude, latitude, zoom; null until the map has been anywhere. */
  at: readonly [number, number, number] | null
  /** The words of the search: a place's name beside its `bbox`. */
  q: string
  /** `west,south,east,north` in degrees, or empty. */
  bbox: string
  coll: string
  /** `from/to`, each a day or `..`, or empty. */
  when: string
  /** `collection/item`, `job/id`, `jobs`, or nothing. */
  hand: string | null
  verb: Verb
  /** In the order of painting, the first on top. */
  layers: readonly ShownLayer[]
}

export const NOTHING: View = { at: null, q: '', bbox: '', coll: '', when: '', hand: null, verb: '', layers: [] }

const WORDS = ['q', 'bbox', 'coll', 'when'] as const
const VERBS: readonly string[] = ['compute', 'get', 'share']

/** Write a view as the fragment of an address. */
export function write(view: View): string {
  const told = new URLSearchParams()
  if (view.at) told.set('at', [view.at[0].toFixed(4), view.at[1].toFixed(4), view.at[2].toFixed(2)].join(','))
  for (const word of WORDS) if (view[word]) told.set(word, view[word])
  if (view.hand) told.set('hand', view.hand)
  if (view.verb) told.set('verb', view.verb)
  for (const layer of view.layers) {
    told.append('layer', `${layer.id},${layer.on ? '' : '-'}${Math.round(layer.opacity * 100)}`)
  }
  return '#' + told.toString().replaceAll('%2C', ',').replaceAll('%2F', '/')
}

/** Read a fragment; what it does not say, or says wrongly, is nothing. */
export function read(fragment: string): View {
  const told = new URLSearchParams(fragment.replace(/^#/, ''))
  const verb = told.get('verb') ?? ''
  return {
    ...NOTHING,
    at: place(told.get('at')),
    ...Object.fromEntries(WORDS.map(word => [word, told.get(word) ?? ''])),
    bbox: boxOf(told.get('bbox') ?? '') ? (told.get('bbox') ?? '') : '',
    hand: told.get('hand') || null,
    verb: VERBS.includes(verb) ? (verb as Verb) : '',
    layers: told.getAll('layer').flatMap(layer),
  }
}

/** Return what makes a new entry in the history: all but the camera and how a layer is shown. */
export function step(view: View): string {
  return JSON.stringify([view.q, view.bbox, view.coll, view.when, view.hand, view.verb, view.layers.map(one => one.id)])
}

export type Box = readonly [west: number, south: number, east: number, north: number]

/** Return the four numbers of a bbox, null where it is none. */
export function boxOf(text: string): Box | null {
  const numbers = text.split(',').map(Number)
  return text && numbers.length === 4 && numbers.every(Number.isFinite) ? (numbers as unknown as Box) : null
}

function place(text: string | null): View['at'] {
  const numbers = (text ?? '').split(',').map(Number)
  const [lon, lat, zoom] = numbers
  if (numbers.length !== 3 || lon === undefined || lat === undefined || zoom === undefined) return null
  return numbers.every(Number.isFinite) && Math.abs(lat) <= 90 ? [lon, lat, Math.min(Math.max(zoom, 0), 22)] : null
}

function layer(text: string): ShownLayer[] {
  const end = text.lastIndexOf(',')
  const percent = Number(text.slice(end + 1))
  if (end < 1 || !Number.isFinite(percent)) return []
  const off = text[end + 1] === '-'
  return [{ id: text.slice(0, end), opacity: Math.min(Math.abs(percent), 100) / 100, on: !off }]
}
