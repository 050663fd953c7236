import '@fontsource-variable/ibm-plex-sans/wght.css'
import '@fontsource/ibm-plex-mono/latin-500.css'
import './tokens.css'
import './base.css'
import './components.css'
import './htmx'
import 'htmx.org/dist/ext/hx-csp.js'
import { EventStream, type Socket } from './events'
import { installForms } from './forms'
import { installPalette } from './palette'
import { refresh } from './refresh'
import { showTick } from './tray'

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

installPalette()
installForms()
if (body.dataset.events) follow(body.dataset.events, Number(body.dataset.seq ?? '0'))
