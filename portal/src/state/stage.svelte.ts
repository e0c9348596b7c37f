/** The map on its stage, once it has started, and the part of it that nothing covers. */

import type { MapFace, Padding } from '../map'
import type { Box } from '../view'

const PHONE = matchMedia('(max-width: 640px)')
const EDGE = 24
const PANEL = 404
const LAYERS = 300

class Stage {
  face = $state.raw<MapFace | null>(null)
  phone = $state(PHONE.matches)
  /** The panel is folded to its handle. */
  folded = $state(false)
  /** On a phone: the sheet stands tall. */
  tall = $state(false)
  tab = $state<'panel' | 'layers'>('panel')
  /** What a row or the pointer points at. */
  near = $state<string | null>(null)
  #later: { box: Box; closest?: number } | null = null

  constructor() {
    PHONE.addEventListener('change', event => (this.phone = event.matches))
  }

  /** Bring a box into sight; before the map has started, as soon as it has. */
  fit(box: Box, closest?: number): void {
    if (this.face) this.face.fit(box, this.padding, closest)
    else this.#later = closest === undefined ? { box } : { box, closest }
  }

  find(box: Box): void {
    if (this.face) this.face.find(box, this.padding)
    else this.#later = { box }
  }

  enter(face: MapFace): void {
    this.face = face
    if (this.#later) this.fit(this.#later.box, this.#later.closest)
    this.#later = null
  }

  /** Lower the sheet, so that the map is seen. */
  reveal(): void {
    this.tall = false
  }

  get padding(): Padding {
    if (this.phone) return { top: 120, right: EDGE, bottom: Math.round(innerHeight * 0.42) + 2 * EDGE, left: EDGE }
    const right = innerWidth > 1100 ? LAYERS : EDGE
    return { top: EDGE * 1.5, right, bottom: EDGE * 1.5, left: (this.folded ? 0 : PANEL) + EDGE }
  }
}

export const stage = new Stage()
