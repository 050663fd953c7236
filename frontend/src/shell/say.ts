// Short words for what just happened: shown for a moment, read out once.

const SHOWN = 3500
let hide = 0

/** Show a message in the page's toast and read it to screen readers. */
export function say(words: string): void {
  const toast = document.querySelector<HTMLElement>('#toast')
  if (!toast) return
  toast.textContent = words
  toast.hidden = false
  window.clearTimeout(hide)
  hide = window.setTimeout(() => { toast.hidden = true }, SHOWN)
}
