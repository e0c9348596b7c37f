/** A person's own image on its way to their workspace. */

import { address, Problem, problemOf } from '../api'
import type { Item } from '../stac'

class Adding {
  name = $state('')
  /** 0 to 1 while bytes are sent, then 1 while the platform reads them; null when nothing is on its way. */
  part = $state<number | null>(null)
  #request: XMLHttpRequest | null = null

  /** Send a file; progress is why this is no `fetch`. */
  send(file: File, workspace: string): Promise<Item> {
    this.name = file.name
    this.part = 0
    const request = new XMLHttpRequest()
    this.#request = request
    return new Promise<Item>((done, fail) => {
      request.open('POST', address(`workspaces/${encodeURIComponent(workspace)}/add?name=${encodeURIComponent(file.name)}`))
      request.setRequestHeader('Accept', 'application/geo+json, application/json')
      request.setRequestHeader('Content-Type', 'application/octet-stream')
      request.upload.addEventListener('progress', event => (this.part = event.loaded / Math.max(event.total, 1)))
      request.addEventListener('load', () =>
        request.status < 300 ? done(JSON.parse(request.responseText) as Item) : fail(problemOf(request.status, request.responseText)),
      )
      request.addEventListener('error', () => fail(new Problem(0, 'Unreachable', '', null)))
      request.addEventListener('abort', () => fail(new DOMException('Stopped', 'AbortError')))
      request.send(file)
    }).finally(() => (this.part = null))
  }

  stop(): void {
    this.#request?.abort()
  }
}

export const adding = new Adding()
