// The command palette: a dialog with a combobox over every place that can be reached from here.
import { matching, places, type Command } from './places'

const SHOWN = 40

/** Installs the palette and its key. */
export function installPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>('#palette')
  const input = dialog?.querySelector<HTMLInputElement>('input')
  const list = dialog?.querySelector<HTMLElement>('[role=listbox]')
  if (!dialog || !input || !list) return
  let commands: Command[] = []
  let shown: Command[] = []
  let chosen = 0
  const draw = () => {
    shown = matching(commands, input.value).slice(0, SHOWN)
    chosen = Math.max(0, Math.min(chosen, shown.length - 1))
    list.replaceChildren(...shown.map((command, index) => option(command, index, index === chosen)))
    if (shown.length) input.setAttribute('aria-activedescendant', `command-${chosen}`)
    else input.removeAttribute('aria-activedescendant')
    list.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }
  input.addEventListener('input', () => { chosen = 0; draw() })
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') chosen += 1
    else if (event.key === 'ArrowUp') chosen -= 1
    else if (event.key === 'Enter') shown[chosen]?.run()
    else return
    event.preventDefault()
    draw()
  })
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close() })
  const open = () => { commands = places(); input.value = ''; chosen = 0; dialog.showModal(); draw() }
  document.querySelector('#open-palette')?.addEventListener('click', open)
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      if (dialog.open) dialog.close()
      else open()
    }
  })
}

function option(command: Command, index: number, selected: boolean): HTMLElement {
  const row = document.createElement('div')
  row.role = 'option'
  row.id = `command-${index}`
  row.setAttribute('aria-selected', String(selected))
  const label = document.createElement('span')
  label.textContent = command.label
  const hint = document.createElement('span')
  hint.className = 'hint'
  hint.textContent = command.hint
  row.append(label, hint)
  row.addEventListener('click', command.run)
  return row
}
