/** The view of this page, kept in its address: steps are entries of the history, the rest replaces. */

import { NOTHING, read, step, write, type ShownLayer, type View } from '../view'

const LAST = 'thalweg.view'

class Here {
  view = $state.raw<View>(NOTHING)
  /** Nobody has been here before: no address, no last view. */
  readonly first: boolean
  #returned: (view: View) => void = () => undefined

  constructor() {
    const fragment = location.hash || localStorage.getItem(LAST) || ''
    this.view = read(fragment)
    this.first = fragment.length < 2
    addEventListener('popstate', () => {
      this.view = read(location.hash)
      this.#returned(this.view)
    })
  }

  /** Call back when the person goes back or forward. */
  onreturn(call: (view: View) => void): void {
    this.#returned = call
  }

  change(patch: Partial<View>, replace = false): void {
    const before = this.view
    this.view = { ...before, ...patch }
    const fragment = write(this.view)
    if (fragment !== location.hash) {
      if (replace || step(before) === step(this.view)) history.replaceState(null, '', fragment)
      else history.pushState(null, '', fragment)
    }
    localStorage.setItem(LAST, fragment)
  }

  shows(id: string): boolean {
    return this.view.layers.some(layer => layer.id === id && layer.on)
  }

  /** Return the layers with one more on top, or with that one switched on. */
  with(id: string, opacity = 1): readonly ShownLayer[] {
    const known = this.view.layers.some(layer => layer.id === id)
    if (known) return this.view.layers.map(layer => (layer.id === id ? { ...layer, on: true } : layer))
    return [{ id, opacity, on: true }, ...this.view.layers]
  }

  /** Change how one layer is shown. */
  show(id: string, patch: Partial<ShownLayer>): void {
    this.change({ layers: this.view.layers.map(layer => (layer.id === id ? { ...layer, ...patch } : layer)) })
  }

  remove(id: string): void {
    this.change({ layers: this.view.layers.filter(layer => layer.id !== id) })
  }

  move(id: string, by: -1 | 1): void {
    const layers = [...this.view.layers]
    const from = layers.findIndex(layer => layer.id === id)
    const [moved] = layers.splice(from, 1)
    if (moved) layers.splice(from + by, 0, moved)
    this.change({ layers })
  }
}

export const here = new Here()
