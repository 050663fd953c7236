// Extensions of htmx look for it on the window.
import htmx from 'htmx.org'

;(window as unknown as { htmx: unknown }).htmx = htmx
