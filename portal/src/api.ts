/** The platform's answers: every request is same-origin, relative to the page, and fails as a problem. */

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly parameter: string | null,
  ) {
    super(detail || title)
  }
}

const here = () => new URL('.', document.baseURI.split('#')[0]).href

/** Return an address of the platform by its path. */
export function address(path: string): string {
  return new URL(path, here()).href
}

/** Return an address that the platform gave, on this page's origin: one server has many names (localhost, 127.0.0.1). */
export function local(href: string): string {
  const url = new URL(href, here())
  return url.protocol.startsWith('http') ? location.origin + decodeTemplate(url.pathname) + url.search : href
}

function decodeTemplate(path: string): string {
  return path.replaceAll('%7B', '{').replaceAll('%7D', '}')
}

/** Ask for a JSON document. */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const answer = await send(path, init)
  return (answer.status === 204 ? null : await answer.json()) as T
}

/** Send a request and return its answer, or throw its problem. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  if (!headers.has('Accept')) headers.set('Accept', 'application/json, application/geo+json;q=0.9')
  let answer: Response
  try {
    answer = await fetch(address(path), { ...init, headers })
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure
    throw new Problem(0, 'Unreachable', '', null)
  }
  if (!answer.ok) throw problemOf(answer.status, await answer.text())
  return answer
}

/** Read a problem document; what is none becomes one. */
export function problemOf(status: number, text: string): Problem {
  try {
    const told = JSON.parse(text) as { title?: string; detail?: string; parameter?: string }
    return new Problem(status, told.title ?? `${status}`, told.detail ?? '', told.parameter ?? null)
  } catch {
    return new Problem(status, `${status}`, '', null)
  }
}
