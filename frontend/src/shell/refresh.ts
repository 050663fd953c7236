// Parts of a page that follow events: an element with data-refresh-on is fetched again when a matching event comes.
//   data-refresh-url      where to fetch it; without it the page itself is asked
//   data-refresh-select   which part of the answer to show inside; without it, the answer's element of the same id
//                         replaces this one, or, when the answer has none, the whole answer is shown inside
// The answer is parsed by the request itself: no string of markup passes a sink, and scripts in it stay inert.
import htmx from 'htmx.org'
import { matches } from './events'

const QUIET = 400
const pending = new Map<string, number>()

/** Fetch again every part that listens for this kind; bursts are gathered into one request. */
export function refresh(kind: string): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-refresh-on]')) {
    if (part.id && matches(part.dataset.refreshOn ?? '', kind) && !busy(part)) soon(part.id)
  }
}

/** A part somebody is working in (an open menu, a playing clip, a focused field) is left alone. */
function busy(part: HTMLElement): boolean {
  const focus = document.activeElement
  const typing = focus instanceof HTMLElement && part.contains(focus) && focus.matches('input, textarea, select')
  const playing = [...part.querySelectorAll('video, audio')].some((media) => !(media as HTMLMediaElement).paused)
  return typing || playing || part.querySelector('details[open]') !== null
}

function soon(id: string): void {
  if (pending.has(id)) return
  pending.set(id, window.setTimeout(() => { pending.delete(id); void load(id) }, QUIET))
}

async function load(id: string): Promise<void> {
  const asked = document.getElementById(id)
  if (!asked) return
  const answer = await fetched(asked.dataset.refreshUrl || location.href)
  const part = document.getElementById(id)
  if (!answer || !part || busy(part)) return
  const focused = held(part)
  const fresh = show(part, answer)
  if (focused) fresh.querySelector<HTMLElement>(focused)?.focus()
  htmx.process(fresh)
  fresh.dispatchEvent(new CustomEvent('slate:fresh', { bubbles: true }))
}

/** Puts the answer in the part's place, or inside it; returns the element that now stands in the page. */
function show(part: HTMLElement, answer: Document): HTMLElement {
  const select = part.dataset.refreshSelect
  const same = select ? null : answer.getElementById(part.id)
  if (same) {
    const fresh = document.adoptNode(same)
    part.replaceWith(fresh)
    return fresh
  }
  const nodes = select ? answer.querySelectorAll(select) : answer.body.childNodes
  part.replaceChildren(...[...nodes].map((node) => document.adoptNode(node)))
  return part
}

/** The answer as a document; null when there is none or it is an error: what is shown then stays. */
function fetched(url: string): Promise<Document | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('GET', url)
    request.responseType = 'document'
    request.onload = () => resolve(request.status === 200 ? request.responseXML : null)
    request.onerror = () => resolve(null)
    request.send()
  })
}

/** A link can be found again after the swap, so that the keyboard does not lose its place. */
function held(part: HTMLElement): string {
  const element = part.contains(document.activeElement) ? document.activeElement : null
  return element instanceof HTMLAnchorElement ? `a[href="${CSS.escape(element.getAttribute('href') ?? '')}"]` : ''
}
