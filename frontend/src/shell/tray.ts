// Progress of running jobs, wherever a job is shown on the page.
import type { Tick } from './events'

/** Show a tick on every progress bar of its job. */
export function showTick(tick: Tick): void {
  for (const row of document.querySelectorAll<HTMLElement>(`[data-job="${CSS.escape(tick.job)}"]`)) {
    const bar = row.querySelector('progress')
    if (!bar || tick.total <= 0) continue
    bar.max = tick.total
    bar.value = tick.done
    bar.title = `${tick.stage} ${tick.done}/${tick.total}`
  }
}
