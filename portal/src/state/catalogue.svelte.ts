/** What is found, what is known: search results, Items by key, Collections, and the tiles of Items. */

import type { RasterSourceSpecification } from 'maplibre-gl'
import { ask, local, Problem } from '../api'
import { datetimeOf } from '../days'
import { keyOf, linkOf, pathOf, type Collection, type Item, type Link } from '../stac'
import { boxOf, type View } from '../view'

interface Page {
  features: Item[]
  links: Link[]
}

type Asked = Pick<View, 'bbox' | 'coll' | 'when'>

const LIMIT = 24

class Catalogue {
  found = $state.raw<readonly Item[]>([])
  next = $state.raw<string | null>(null)
  /** Nothing has been answered yet. */
  waiting = $state(true)
  trouble = $state.raw<Problem | null>(null)
  collections = $state.raw<readonly Collection[]>([])
  items = $state.raw<Readonly<Record<string, Item | Problem>>>({})
  tiles = $state.raw<Readonly<Record<string, RasterSourceSpecification | null>>>({})
  #asking = new AbortController()
  readonly #wanted = new Set<string>()

  async search(asked: Asked): Promise<void> {
    this.#asking.abort()
    this.#asking = new AbortController()
    const { signal } = this.#asking
    try {
      const page = await ask<Page>(`api/search?${query(asked)}`, { signal })
      this.#take(page, [])
      this.trouble = null
    } catch (problem) {
      if (signal.aborted) return
      if (!(problem instanceof Problem)) throw problem
      this.trouble = problem
    }
    this.waiting = false
  }

  async more(): Promise<void> {
    if (!this.next) return
    this.#take(await ask<Page>(this.next), this.found)
  }

  async meet(): Promise<void> {
    const answer = await ask<{ collections: Collection[] }>('api/collections')
    this.collections = answer.collections
  }

  collection(id: string): Collection | undefined {
    return this.collections.find(one => one.id === id)
  }

  /** Return an Item when it is known, its problem when there is none, and ask for it once when nothing is known. */
  item(key: string): Item | Problem | undefined {
    const known = this.items[key]
    if (!known && !this.#wanted.has(key)) {
      this.#wanted.add(key)
      void this.fetch(key)
    }
    return known
  }

  async fetch(key: string): Promise<Item | null> {
    this.#wanted.add(key)
    try {
      const item = await ask<Item>(pathOf(key))
      this.know([item])
      return item
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      this.items = { ...this.items, [key]: problem }
      return null
    }
  }

  know(items: readonly Item[]): void {
    this.items = { ...this.items, ...Object.fromEntries(items.map(item => [keyOf(item), item])) }
  }

  /** Forget an Item that was changed or removed. */
  forget(key: string): void {
    const { [key]: _gone, ...items } = this.items
    const { [key]: _old, ...tiles } = this.tiles
    this.#wanted.delete(key)
    this.items = items
    this.tiles = tiles
  }

  /** Ask for the tiles of an Item once; null where it has no picture. */
  async see(item: Item): Promise<void> {
    const key = keyOf(item)
    if (key in this.tiles) return
    const link = linkOf(item, 'tilejson')
    this.tiles = { ...this.tiles, [key]: null }
    if (!link) return
    const told = await ask<{ tiles: string[]; bounds?: number[]; minzoom?: number; maxzoom?: number; tileSize?: number }>(local(link))
    const source: RasterSourceSpecification = {
      type: 'raster',
      tiles: told.tiles.map(local),
      tileSize: told.tileSize ?? 256,
      minzoom: told.minzoom ?? 0,
      maxzoom: told.maxzoom ?? 22,
      ...(told.bounds ? { bounds: told.bounds as [number, number, number, number] } : {}),
    }
    this.tiles = { ...this.tiles, [key]: source }
  }

  #take(page: Page, before: readonly Item[]): void {
    this.know(page.features)
    this.found = [...before, ...page.features]
    const next = page.links.find(link => link.rel === 'next')
    this.next = next ? local(next.href) : null
  }
}

function query(asked: Asked): string {
  const told = new URLSearchParams({ limit: `${LIMIT}` })
  if (boxOf(asked.bbox)) told.set('bbox', asked.bbox)
  if (asked.when) told.set('datetime', datetimeOf(asked.when))
  if (asked.coll) told.set('collections', asked.coll)
  return told.toString()
}

export const catalogue = new Catalogue()
