/** What the map shows, derived from the view, the catalogue and the Jobs. */

import { Problem } from '../api'
import type { Drawn, Footprint, JobArea } from '../map'
import { t } from '../messages'
import { keyOf, type Item } from '../stac'
import { catalogue } from './catalogue.svelte'
import { here } from './here.svelte'
import { areaOf, jobs } from './jobs.svelte'

export function pictures(): Drawn[] {
  return here.view.layers.flatMap(layer => {
    const source = catalogue.tiles[layer.id]
    return source ? [{ ...layer, source }] : []
  })
}

/** The found Items and the one in hand. */
export function outlines(): Footprint[] {
  const inHand = here.view.hand ? catalogue.items[here.view.hand] : undefined
  const items = inHand && !(inHand instanceof Problem) ? [...catalogue.found, inHand] : catalogue.found
  const byKey = new Map<string, Item>(items.map(item => [keyOf(item), item]))
  return [...byKey].flatMap(([id, item]) => (item.geometry ? [{ id, geometry: item.geometry }] : []))
}

export function rings(): JobArea[] {
  return jobs.running.flatMap(job => {
    const box = areaOf(job, jobs.started.get(job.jobID)?.item)
    const percent = job.progress ?? 0
    return box ? [{ id: job.jobID, box, percent, label: t.job.ring(job.title ?? job.processID, percent) }] : []
  })
}
