// The command palette: every place of the navigation, by name.

type Command = { label: string; run: () => void }

export function installPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>('#palette')
  const input = dialog?.querySelector<HTMLInputElement>('input')
  const list = dialog?.querySelector<HTMLElement>('[role=listbox]')
  if (!dialog || !input || !list) return
  const commands = gather()
  let shown = commands
  let chosen = 0
  const draw = () => {
    const words = input.value.toLowerCase()
    shown = commands.filter((command) => command.label.toLowerCase().includes(words))
    chosen = Math.max(0, Math.min(chosen, shown.length - 1))
    list.replaceChildren(...shown.map((command, index) => option(command, index, index === chosen)))
    if (shown.length) input.setAttribute('aria-activedescendant', `command-${chosen}`)
    else input.removeAttribute('aria-activedescendant')
  }
  input.addEventListener('input', () => { chosen = 0; draw() })
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') chosen = Math.min(chosen + 1, shown.length - 1)
    else if (event.key === 'ArrowUp') chosen = Math.max(chosen - 1, 0)
    else if (event.key === 'Enter') shown[chosen]?.run()
    else return
    event.preventDefault()
    draw()
  })
  const open = () => { input.value = ''; chosen = 0; draw(); dialog.showModal() }
  document.querySelector('#open-palette')?.addEventListener('click', open)
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); open() }
  })
}

function gather(): Command[] {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.rail a[href], .page-head a[href], .tabs a[href]')]
  const seen = new Map(links.map((link) => [link.href, link.textContent?.trim() ?? '']))
  return [...seen].filter(([, label]) => label).map(([href, label]) => ({ label, run: () => location.assign(href) }))
}

function option(command: Command, index: number, selected: boolean): HTMLElement {
  const row = document.createElement('div')
  row.role = 'option'
  row.id = `command-${index}`
  row.textContent = command.label
  row.setAttribute('aria-selected', String(selected))
  row.addEventListener('click', command.run)
  return row
}
