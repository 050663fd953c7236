// What the editor asks the server: the faults of a draft, the newest version, to save.
import { toJSON, type Fault, type Graph, type GraphJSON } from './model'

export type Checked = { faults: Fault[]; changes: string[]; same: boolean; number: number }
export type Version = { number: number; note: string; actor: string; graph: GraphJSON }
export type Refused = { code: string; message: string; kept: string; next_step: string; fields: Record<string, string> }

/** An answer of 400 or more, with the server's own words. */
export class Refusal extends Error {
  constructor(readonly status: number, readonly problem: Refused) {
    super([problem.message, problem.kept, problem.next_step].filter(Boolean).join(' '))
  }
}

async function ask<T>(url: string, method: string, body?: unknown): Promise<T> {
  const token = document.querySelector<HTMLInputElement>('input[name=csrfmiddlewaretoken]')?.value ?? ''
  let answer: Response
  try {
    answer = await fetch(url, {
      method, credentials: 'same-origin', headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Refusal(0, { code: 'offline', message: 'The server does not answer.', kept: 'Your draft is still here.', next_step: 'Try again in a moment.', fields: {} })
  }
  const data = (await answer.json().catch(() => ({}))) as { error?: Refused }
  if (answer.ok) return data as T
  throw new Refusal(answer.status, data.error ?? { code: 'server', message: `The server answered ${answer.status}.`, kept: 'Your draft is still here.', next_step: '', fields: {} })
}

/** The faults of a draft and what it changes. */
export const check = (url: string, graph: Graph) => ask<Checked>(url, 'POST', { graph: toJSON(graph) })

/** The newest version. */
export const newest = (url: string) => ask<Version>(url, 'GET')

/** Save as the version after `seen`; a Refusal of status 409 when there is a newer one. */
export const save = (url: string, graph: Graph, note: string, seen: number) => ask<Version>(url, 'PUT', { graph: toJSON(graph), note, seen })
