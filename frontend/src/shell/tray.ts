// Progress of running jobs, wherever a job is shown on the page, and the tray in the top bar.
import { stage, type Tick } from './events'
import { refresh } from './refresh'

const POLL = 4000
const ACTIVE = '[data-job]:is([data-state=running], [data-state=waiting_engine], [data-state=queued])'

/** Show a tick on every progress bar of its job. */
export function showTick(tick: Tick): void {
  for (const row of document.querySelectorAll<HTMLElement>(`[data-job="${CSS.escape(tick.job)}"]`)) {
    const bar = row.querySelector('progress')
    const words = row.querySelector('[data-stage]')
    if (tick.total <= 0) continue
    if (bar) { bar.max = tick.total; bar.value = tick.done }
    if (words) words.textContent = stage(tick)
  }
}

/** The tray opens in place instead of leaving the page, and counts what is at work. */
export function installTray(): void {
  const link = document.querySelector<HTMLAnchorElement>('[data-place=jobs]')
  const tray = document.querySelector<HTMLElement>('#tray')
  if (!link || !tray || !('showPopover' in tray)) return
  link.setAttribute('aria-expanded', 'false')
  link.setAttribute('aria-controls', 'tray')
  link.addEventListener('click', (event) => {
    // A synthetic click (from G J) and a modified one keep their own meaning.
    if (!event.isTrusted || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    tray.togglePopover()
    refresh('job.opened')
  })
  tray.addEventListener('toggle', (event) => link.setAttribute('aria-expanded', String((event as ToggleEvent).newState === 'open')))
}

/** The studio's own pages follow no project; while work is shown as active, they ask now and then. */
export function watchWithoutStream(): void {
  setInterval(() => {
    if (document.visibilityState === 'visible' && document.querySelector(ACTIVE)) refresh('job.polled')
  }, POLL)
}
