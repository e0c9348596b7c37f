/** Who is here and what may be computed. */

import { ask, Problem } from '../api'
import { itemInput, type Process, type Values } from '../form'

export interface Me {
  id: string
  name?: string
  workspace: string | null
  anonymous: boolean
}

const ANYONE: Me = { id: 'anyone', workspace: null, anonymous: true }

class Session {
  me = $state.raw<Me>(ANYONE)
  processes = $state.raw<readonly Process[] | null>(null)
  #offers = $state.raw<Readonly<Record<string, Values>>>({})

  async meet(): Promise<void> {
    try {
      this.me = await ask<Me>('auth/me')
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      this.me = ANYONE
    }
  }

  async learn(): Promise<void> {
    try {
      const { processes } = await ask<{ processes: Process[] }>('api/processes')
      this.processes = await Promise.all(
        processes.map(one => (one.inputs ? one : ask<Process>(`api/processes/${encodeURIComponent(one.id)}`))),
      )
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      this.processes = []
    }
  }

  /** The processes that accept an Item. */
  get accepting(): readonly Process[] {
    return (this.processes ?? []).filter(process => itemInput(process) !== null)
  }

  /** Offer values for a Process on one Item: its form starts with them. */
  offer(process: string, item: string, values: Values): void {
    this.#offers = { ...this.#offers, [`${process} ${item}`]: values }
  }

  offered(process: string, item: string): Values {
    return this.#offers[`${process} ${item}`] ?? {}
  }

  async leave(): Promise<void> {
    await ask('auth/logout', { method: 'POST' })
    location.reload()
  }
}

export const session = new Session()
