/** Jobs as they run: one stream of events for the whole page, and what each Job came to. */

import { address, ask, local, Problem, send } from '../api'
import type { Process, Values } from '../form'
import type { Item } from '../stac'
import { boxOf, type Box } from '../view'

export interface Job {
  jobID: string
  processID: string
  status: 'accepted' | 'running' | 'successful' | 'failed' | 'dismissed'
  message?: string
  progress?: number
  title?: string
  eta?: number | null
  created?: string
  started?: string
  finished?: string
  'thalweg:inputs'?: Values
  'thalweg:bbox'?: number[]
}

export interface Line {
  seq: number
  at?: string
  text: string
}

export interface Results {
  item?: { href: string } | null
  verdict?: string
  message?: string
  separability?: number
  threshold?: number
  [name: string]: unknown
}

interface Started {
  process: Process
  inputs: Values
  item: Item | null
}

const ENDED: readonly string[] = ['successful', 'failed', 'dismissed']

export function hasEnded(job: Job): boolean {
  return ENDED.includes(job.status)
}

class Jobs {
  list = $state.raw<readonly Job[]>([])
  logs = $state.raw<Readonly<Record<string, readonly Line[]>>>({})
  results = $state.raw<Readonly<Record<string, Results>>>({})
  /** This page has started a Job. */
  begun = $state(false)
  /** Jobs that this page started: their results come to the map by themselves. */
  readonly started = new Map<string, Started>()
  onend: (job: Job, results: Results | null) => void = () => undefined
  onitem: (event: { kind: string; collection: string; id: string }) => void = () => undefined
  readonly #settled = new Set<string>()
  #stream: EventSource | null = null

  job(id: string): Job | undefined {
    return this.list.find(job => job.jobID === id)
  }

  get running(): readonly Job[] {
    return this.list.filter(job => !hasEnded(job))
  }

  /** Listen to the platform; after a break everything that may have been missed is asked for again. */
  listen(): void {
    const stream = new EventSource(address('events'))
    this.#stream = stream
    stream.addEventListener('open', () => void this.refresh())
    stream.addEventListener('job', event => this.#happened(JSON.parse(event.data as string) as Job))
    stream.addEventListener('log', event => this.#logged(JSON.parse(event.data as string) as Line & { jobID: string }))
    stream.addEventListener('item', event =>
      this.onitem(JSON.parse(event.data as string) as { kind: string; collection: string; id: string }),
    )
    addEventListener('pagehide', () => this.#stream?.close())
  }

  async refresh(): Promise<void> {
    try {
      const { jobs } = await ask<{ jobs: Job[] }>('api/jobs')
      for (const job of [...jobs].reverse()) this.#put(job)
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
    }
  }

  async start(process: Process, inputs: Values, item: Item | null): Promise<Job> {
    const answer = await send(`api/processes/${encodeURIComponent(process.id)}/execution`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Prefer: 'respond-async' },
      body: JSON.stringify({ inputs }),
    })
    const job = (await answer.json()) as Job
    this.started.set(job.jobID, { process, inputs, item })
    this.begun = true
    this.#put({ ...job, ...this.job(job.jobID) })
    void this.fetch(job.jobID)
    return job
  }

  async fetch(id: string): Promise<Job | null> {
    try {
      const job = await ask<Job>(`api/jobs/${encodeURIComponent(id)}`)
      this.#put(job)
      return job
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      return null
    }
  }

  async dismiss(id: string): Promise<void> {
    const job = await ask<Job | null>(`api/jobs/${encodeURIComponent(id)}`, { method: 'DELETE' })
    if (job) this.#put(job)
  }

  async openLog(id: string): Promise<void> {
    if (this.logs[id]) return
    this.logs = { ...this.logs, [id]: [] }
    const { lines } = await ask<{ lines: Line[] }>(`api/jobs/${encodeURIComponent(id)}/logs`)
    this.#addLines(id, lines)
  }

  async learnResults(id: string): Promise<Results | null> {
    const known = this.results[id]
    if (known) return known
    try {
      const results = await ask<Results>(`api/jobs/${encodeURIComponent(id)}/results`)
      this.results = { ...this.results, [id]: results }
      return results
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      return null
    }
  }

  #happened(event: Job): void {
    const known = this.job(event.jobID)
    if (known) this.#put({ ...known, ...event })
    if (!known || hasEnded(event)) void this.fetch(event.jobID)
  }

  #put(job: Job): void {
    const known = this.job(job.jobID)
    // An answer that was on its way when the Job ended does not bring it back to life.
    if (known && hasEnded(known) && !hasEnded(job)) return
    const merged = { ...known, ...job }
    this.list = known ? this.list.map(one => (one.jobID === job.jobID ? merged : one)) : [merged, ...this.list]
    if (hasEnded(job) && this.started.has(job.jobID)) void this.#settle(merged)
  }

  async #settle(job: Job): Promise<void> {
    if (this.#settled.has(job.jobID)) return
    this.#settled.add(job.jobID)
    this.onend(job, job.status === 'successful' ? await this.learnResults(job.jobID) : null)
  }

  #logged(line: Line & { jobID: string }): void {
    if (this.logs[line.jobID]) this.#addLines(line.jobID, [line])
  }

  #addLines(id: string, lines: readonly Line[]): void {
    const bySeq = new Map([...(this.logs[id] ?? []), ...lines].map(line => [line.seq, line]))
    this.logs = { ...this.logs, [id]: [...bySeq.values()].sort((a, b) => a.seq - b.seq) }
  }
}

/** Return the key of the Item that a Job's results name. */
export function resultKey(results: Results): string | null {
  const found = results.item ? /\/collections\/([^/]+)\/items\/([^/?]+)/.exec(local(results.item.href)) : null
  return found ? `${decodeURIComponent(found[1] ?? '')}/${decodeURIComponent(found[2] ?? '')}` : null
}

export function areaOf(job: Job, item: Item | null | undefined): Box | null {
  return boxOf((job['thalweg:bbox'] ?? item?.bbox ?? []).join(','))
}

export const jobs = new Jobs()
