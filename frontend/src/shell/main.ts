import '@fontsource-variable/ibm-plex-sans/wght.css'
import '../styles/mono.css'
import '../styles/tokens.css'
import '../styles/base.css'
import '../styles/frame.css'
import '../styles/controls.css'
import '../styles/content.css'
import '../styles/media.css'
import './htmx'
import 'htmx.org/dist/ext/hx-csp.js'
import { installCopy } from './copy'
import { EventStream, type Socket } from './events'
import { installForms } from './forms'
import { installKeys } from './keys'
import { installPalette } from './palette'
import { installRail } from './rail'
import { say } from './say'
import { refresh } from './refresh'
import { installTray, showTick, watchWithoutStream } from './tray'

const body = document.body
const banner = document.querySelector<HTMLElement>('#offline')

function follow(path: string, since: number): void {
  const origin = location.origin.replace(/^http/, 'ws')
  let wasOnline = false
  new EventStream({
    url: origin + path,
    since,
    open: (url) => new WebSocket(url) as unknown as Socket,
    wait: (ms, then) => void setTimeout(then, ms),
    event: (event) => refresh(event.kind),
    tick: showTick,
    online: (online) => {
      // A first refusal is not an outage; only a lost connection is worth a word.
      wasOnline = wasOnline || online
      body.dataset.online = String(online)
      if (banner) banner.hidden = online || !wasOnline
    },
  })
}

installRail()
// A passkey that is refused or cancelled: a word instead of a line in the console.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  say(`The passkey was not used. ${((event as CustomEvent).detail as { exception?: Error })?.exception?.message ?? ''}`)
})
installPalette()
installKeys()
installForms()
installCopy()
installTray()
if (body.dataset.events) follow(body.dataset.events, Number(body.dataset.seq ?? '0'))
if (body.dataset.stream === 'studio') watchWithoutStream()
