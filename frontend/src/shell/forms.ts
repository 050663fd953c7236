// Small helps for forms: ask before what cannot be undone, take a dropped file, never send twice.

/** Installs the three. */
export function installForms(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.method === 'dialog') return
    if (form.dataset.confirm && form.dataset.agreed === undefined) {
      event.preventDefault()
      ask(form, event.submitter)
      return
    }
    if (form.dataset.sent !== undefined) { event.preventDefault(); return }
    form.dataset.sent = ''
  })
  // A page that comes back from the history can be sent again.
  addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sent]')) { delete form.dataset.sent; delete form.dataset.agreed }
  })
  for (const area of document.querySelectorAll<HTMLTextAreaElement>('[data-drop-target]')) installDrop(area)
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-back]')) {
    button.hidden = history.length < 2
    button.addEventListener('click', () => history.back())
  }
}

/** Asks in a native dialog; the answer yes sends the form the way it was sent. */
function ask(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const dialog = document.querySelector<HTMLDialogElement>('#confirm')
  const words = dialog?.querySelector('[data-question]')
  const yes = dialog?.querySelector<HTMLButtonElement>('[value=yes]')
  if (!dialog || !words || !yes) return
  words.textContent = form.dataset.confirm ?? ''
  yes.textContent = submitter?.textContent?.trim() || 'Go on'
  dialog.returnValue = ''
  dialog.addEventListener('close', () => {
    if (dialog.returnValue !== 'yes') return
    form.dataset.agreed = ''
    form.requestSubmit(submitter)
  }, { once: true })
  dialog.showModal()
}

function installDrop(area: HTMLTextAreaElement): void {
  const input = area.form?.querySelector<HTMLInputElement>('input[type=file]')
  if (!input) return
  area.addEventListener('dragover', (event) => { event.preventDefault(); area.classList.add('dropping') })
  area.addEventListener('dragleave', () => area.classList.remove('dropping'))
  area.addEventListener('drop', (event) => {
    area.classList.remove('dropping')
    const files = event.dataTransfer?.files
    if (!files?.[0]) return
    event.preventDefault()
    input.files = files
    chosen(area, input)
  })
  input.addEventListener('change', () => chosen(area, input))
}

function chosen(area: HTMLTextAreaElement, input: HTMLInputElement): void {
  const file = input.files?.[0]
  area.placeholder = file ? `${file.name} will be read` : ''
}
