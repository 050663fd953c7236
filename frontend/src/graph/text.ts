// The graph as text below the canvas: in step with the draft, to copy and to bring in.
import { say } from '../shell/say'

/** Ties the text to the draft; returns what to call with the draft's text after each change. */
export function installText(area: HTMLTextAreaElement, holder: HTMLElement, take: (text: string) => void): (text: string) => void {
  let shown = ''
  const words = document.createElement('p')
  words.className = 'fault-words'
  words.setAttribute('role', 'alert')
  words.hidden = true
  const bring = button('Bring this text in', () => {
    try {
      take(area.value)
      shown = area.value
      words.hidden = true
      say('The text is the draft now.')
    } catch (error) {
      words.textContent = (error as Error).message
      words.hidden = false
    }
  })
  const back = button('Back to the draft', () => { area.value = shown; words.hidden = true; follow() })
  const copy = button('Copy', () => void navigator.clipboard.writeText(area.value).then(() => say('Copied.')))
  const row = document.createElement('p')
  row.className = 'actions'
  row.append(...(area.readOnly ? [] : [bring, back]), ...(navigator.clipboard ? [copy] : []))
  holder.append(words, row)
  const follow = () => { bring.disabled = back.disabled = area.value === shown }
  area.addEventListener('input', follow)
  area.form?.addEventListener('submit', (event) => event.preventDefault())
  return (text) => {
    // What somebody is typing there is not overwritten.
    const typed = shown !== '' && area.value !== shown
    shown = text
    if (!typed) area.value = text
    follow()
  }
}

function button(label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'button'
  made.textContent = label
  made.addEventListener('click', act)
  return made
}
