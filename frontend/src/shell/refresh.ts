// Parts of a page that follow events: an element with data-refresh-on is fetched again when a matching event comes.
//   data-refresh-url      where to fetch it (its content is replaced); without it the page itself is asked and the element replaced
//   data-refresh-select   which part of the answer to take
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
  const part = document.getElementById(id)
  if (!part) return
  const target = `#${CSS.escape(id)}`
  const focused = part.contains(document.activeElement) ? path(document.activeElement) : ''
  const url = part.dataset.refreshUrl
  if (url) await htmx.ajax('GET', url, { target, swap: 'innerHTML', ...(part.dataset.refreshSelect ? { select: part.dataset.refreshSelect } : {}) })
  else await htmx.ajax('GET', location.href, { target, select: target, swap: 'outerHTML' })
  if (focused) document.querySelector<HTMLElement>(focused)?.focus()
}

/** A link can be found again after the swap, so that the keyboard does not lose its place. */
function path(element: Element | null): string {
  return element instanceof HTMLAnchorElement ? `a[href="${CSS.escape(element.getAttribute('href') ?? '')}"]` : ''
}
