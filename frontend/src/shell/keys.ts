// Single keys of the frame: G and a letter goes to a place, / to the filter, ? shows the sheet.
// They never fire in fields and can be switched off (WCAG 2.1.4).

const WAIT = 1200
const OFF = 'slate.keys.off'
const GO: Readonly<Record<string, string>> = {
  c: '[data-place=command]', t: '[data-place=talent]', s: '[data-place=scenes]', e: '[data-place=episodes]', x: '[data-place=edit]',
  v: '[data-place=vault]', f: '[data-place=features]', d: '[data-place=distribution]', i: '[data-place=inbox]', j: '[data-place=jobs]',
}

/** What a key means after the keys before it; pure, so that it can be tested. */
export function meaning(key: string, afterG: boolean): { go?: string; act?: 'filter' | 'sheet'; armed: boolean } {
  const letter = key.toLowerCase()
  const go = afterG ? GO[letter] : undefined
  if (go) return { go, armed: false }
  if (letter === 'g') return { armed: true }
  if (key === '/') return { act: 'filter', armed: false }
  if (key === '?') return { act: 'sheet', armed: false }
  return { armed: false }
}

/** Installs the keys and the switch on their sheet. */
export function installKeys(): void {
  const sheet = document.querySelector<HTMLDialogElement>('#keys')
  const off = sheet?.querySelector<HTMLInputElement>('input[name=off]')
  if (off) {
    off.checked = localStorage.getItem(OFF) !== null
    off.addEventListener('change', () => { if (off.checked) localStorage.setItem(OFF, ''); else localStorage.removeItem(OFF) })
  }
  document.querySelector('#open-keys')?.addEventListener('click', () => sheet?.showModal())
  let armedUntil = 0
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || localStorage.getItem(OFF) !== null || typing(event.target)) return
    const { go, act, armed } = meaning(event.key, event.timeStamp < armedUntil)
    armedUntil = armed ? event.timeStamp + WAIT : 0
    if (go) document.querySelector<HTMLAnchorElement>(go)?.click()
    else if (act === 'sheet') sheet?.showModal()
    else if (act === 'filter') focusFilter(event)
  })
}

function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLInputElement>('main input[type=search]')
  if (!filter) return
  event.preventDefault()
  filter.focus()
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select') || target.closest('dialog[open]') !== null)
}
