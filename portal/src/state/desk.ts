/** What a person does: each verb as one sentence over the view, the catalogue, the Jobs and the map. */

import { Problem } from '../api'
import type { Process, Values } from '../form'
import { t } from '../messages'
import { boxOfItem, isResult, keyOf, linkOf, titleOf, type Item } from '../stac'
import { boxOf, type Verb } from '../view'
import { adding } from './adding.svelte'
import { announcer } from './announcer.svelte'
import { catalogue } from './catalogue.svelte'
import { here } from './here.svelte'
import { jobs, resultKey, type Job, type Results } from './jobs.svelte'
import { session } from './session.svelte'
import { stage } from './stage.svelte'

const MASK_OPACITY = 0.85

export function isItemKey(hand: string | null): hand is string {
  return hand !== null && hand.includes('/') && !hand.startsWith('job/')
}

/** Take something in hand; what the map shows of it comes into sight. */
export async function take(hand: string, verb: Verb = ''): Promise<void> {
  stage.tab = 'panel'
  if (verb) stage.tall = true
  here.change({ hand, verb })
  if (!isItemKey(hand)) return
  const item = await known(hand)
  const box = item && boxOfItem(item)
  if (item) announcer.say(t.item.inHand(titleOf(item)))
  if (box) stage.find(box)
}

/** Come by a link that names an Item and no place: it comes into sight, its picture too where the link lays none. */
export async function visit(): Promise<void> {
  const { at, hand, layers } = here.view
  if (at || !isItemKey(hand)) return
  const item = await known(hand)
  if (!item || here.view.hand !== hand) return
  if (!layers.length && linkOf(item, 'tilejson')) here.change({ layers: here.with(hand, opacityOf(item)) }, true)
  const box = boxOfItem(item)
  if (box) stage.find(box)
}

async function known(key: string): Promise<Item | null> {
  const item = catalogue.items[key]
  return item && !(item instanceof Problem) ? item : catalogue.fetch(key)
}

export function putDown(): void {
  if (here.view.verb) here.change({ verb: '' })
  else if (here.view.hand) here.change({ hand: null, verb: '' })
}

/** Lay an Item on the map, or take it off. */
export function see(item: Item): void {
  const key = keyOf(item)
  if (here.shows(key)) here.remove(key)
  else here.change({ layers: here.with(key, opacityOf(item)) })
  const box = boxOfItem(item)
  if (box && here.shows(key)) stage.find(box)
}

function opacityOf(item: Item): number {
  return isResult(item) ? MASK_OPACITY : 1
}

export function compute(key: string, process?: string, values?: Values): void {
  if (process && values) session.offer(process, key, values)
  void take(key, 'compute')
}

/** Start a Process on the Item in hand; the Job takes the Item's place. */
export async function run(process: Process, inputs: Values, item: Item | null): Promise<void> {
  const job = await jobs.start(process, inputs, item)
  if (here.view.hand === (item && keyOf(item))) here.change({ hand: `job/${job.jobID}`, verb: '' })
  stage.reveal()
}

/** A Job that this page started has ended: its result comes to the map, and in hand unless the hands are full. */
export async function finish(job: Job, results: Results | null): Promise<void> {
  const title = job.title ?? job.processID
  const watched = here.view.hand === `job/${job.jobID}`
  const key = results && resultKey(results)
  if (!key) {
    announcer.say(job.status === 'successful' ? (results?.verdict ?? t.job.done(title)) : t.job.failed(title))
    return
  }
  const item = await catalogue.fetch(key)
  const layers = here.with(key, item ? opacityOf(item) : 1)
  if (watched) here.change({ hand: key, verb: '', layers }, true)
  else {
    here.change({ layers }, true)
    announcer.tell({ text: t.job.done(title), action: { label: t.job.ready, run: () => void take(key) } })
  }
  if (watched && item) announcer.say(t.item.inHand(titleOf(item)))
}

/** On a first visit the newest image that can be shown lies on the map, fitted; results wait behind images. */
export function welcome(): void {
  const seen = catalogue.found.filter(item => linkOf(item, 'tilejson'))
  const newest = seen.find(item => !isResult(item)) ?? seen[0]
  const box = newest && boxOfItem(newest)
  if (!newest || !box) return
  here.change({ layers: here.with(keyOf(newest)) }, true)
  stage.fit(box)
}

/** The image that the first sentence speaks of: the lowest layer that is no result. */
export function invited(): Item | null {
  const keys = here.view.layers.map(layer => layer.id)
  const items = keys.map(key => catalogue.items[key])
  return items.find((item): item is Item => item !== undefined && !(item instanceof Problem) && !isResult(item)) ?? null
}

export async function add(file: File): Promise<void> {
  const { workspace } = session.me
  if (!workspace) {
    announcer.tell({ text: t.add.signIn, detail: t.menu.anonymousHow })
    return
  }
  try {
    const item = await adding.send(file, workspace)
    catalogue.know([item])
    here.change({ layers: here.with(keyOf(item)) }, true)
    await take(keyOf(item))
    announcer.say(t.add.added(titleOf(item)))
    void search()
  } catch (failure) {
    if (failure instanceof Problem) announcer.tell({ text: t.add.failed(file.name), detail: words(failure), trouble: true })
    else if (!(failure instanceof DOMException)) throw failure
  }
}

export function search(): Promise<void> {
  return catalogue.search(here.view)
}

/** Change what is searched and look there. */
export function narrow(patch: Partial<Record<'q' | 'bbox' | 'coll' | 'when', string>>): void {
  here.change({ ...patch, hand: null, verb: '' })
  stage.tab = 'panel'
  const box = boxOf(patch.bbox ?? '')
  if (box && patch.q) stage.fit(box, 11)
}

/** Say a problem in words a person can act on. */
export function words(problem: Problem): string {
  if (problem.status === 0) return t.unreachable
  return problem.detail || problem.title
}
