/** The gazetteer: what the search bar completes without a network. */

import type { Box } from './view'

/** As written by `scripts/basemap/gazetteer.py`: name, region, other spellings, rank, then a point or a box. */
export type Row = readonly [string, string, string, number, ...number[]]

export interface Place {
  name: string
  region: string
  box: Box
}

interface Entry extends Place {
  /** Every spelling as it is compared, each after a line break. */
  spellings: string
}

export class Gazetteer {
  readonly #entries: readonly Entry[]

  constructor(rows: readonly Row[]) {
    this.#entries = rows.map(row => ({
      name: row[0],
      region: row[1],
      box: boxAround(row),
      spellings: [row[0], ...row[2].split('|')].map(name => `\n${folded(name)}`).join(''),
    }))
  }

  /** Return the places a text may mean: whole names before beginnings, beginnings before words within, greater first. */
  complete(text: string, limit = 6): Place[] {
    const asked = folded(text)
    if (asked.length < 2) return []
    const [whole, begins, within]: [Entry[], Entry[], Entry[]] = [[], [], []]
    for (const entry of this.#entries) {
      const at = entry.spellings.indexOf(asked)
      if (at < 0) continue
      if (`${entry.spellings}\n`.includes(`\n${asked}\n`)) whole.push(entry)
      else if (entry.spellings.includes(`\n${asked}`)) begins.push(entry)
      else if (entry.spellings.includes(` ${asked}`)) within.push(entry)
    }
    return [...whole, ...begins, ...within].slice(0, limit)
  }
}

/** Return a text as it is compared: no accents, no case, no punctuation. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[øłđıæßðþ]/g, letter => LETTERS[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

const LETTERS: Record<string, string> = { ø: 'o', ł: 'l', đ: 'd', ı: 'i', æ: 'ae', ß: 'ss', ð: 'd', þ: 'th' }

/** Degrees around a point place: the greater the place, the wider one looks. */
function boxAround(row: Row): Box {
  const [, , , rank, west = 0, south = 0, east, north] = row
  if (east !== undefined && north !== undefined) return [west, south, east, north]
  const half = rank <= 2 ? 0.35 : rank <= 6 ? 0.2 : 0.12
  return [west - half, south - half, west + half, south + half].map(n => Number(n.toFixed(3))) as unknown as Box
}
