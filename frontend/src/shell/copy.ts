// A copy button behind every digest and every address that is shown only once.
import { icon } from './icon'
import { say } from './say'

/** Adds the buttons, also to parts that are fetched later. */
export function installCopy(): void {
  if (!navigator.clipboard) return
  add(document)
  document.addEventListener('slate:fresh', () => add(document))
}

function add(root: ParentNode): void {
  for (const source of root.querySelectorAll<HTMLElement>('code.digest:not([data-copied]), input[readonly]:not([data-copied])')) {
    source.dataset.copied = ''
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.setAttribute('aria-label', 'Copy')
    button.title = 'Copy'
    button.append(icon('copy'))
    button.addEventListener('click', () => void copy(source))
    source.after(button)
  }
}

async function copy(source: HTMLElement): Promise<void> {
  const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? '').trim()
  await navigator.clipboard.writeText(text)
  say('Copied.')
}
