// Small helps for forms: ask before what cannot be undone, take a dropped file, never send twice.

export function installForms(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement)) return
    const question = form.dataset.confirm
    if (question && !window.confirm(question)) { event.preventDefault(); return }
    if (form.dataset.sent) { event.preventDefault(); return }
    form.dataset.sent = 'yes'
    // A page that comes back from the history can be sent again.
    addEventListener('pageshow', () => delete form.dataset.sent, { once: true })
  })
  for (const area of document.querySelectorAll<HTMLTextAreaElement>('[data-drop-target]')) installDrop(area)
}

function installDrop(area: HTMLTextAreaElement): void {
  area.addEventListener('dragover', (event) => event.preventDefault())
  area.addEventListener('drop', (event) => {
    const file = event.dataTransfer?.files[0]
    const input = area.form?.querySelector<HTMLInputElement>('input[type=file]')
    if (!file || !input || !event.dataTransfer) return
    event.preventDefault()
    input.files = event.dataTransfer.files
    area.placeholder = `${file.name} will be read`
  })
}
