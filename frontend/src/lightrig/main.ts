// Mounts the rig over the plain table; the table is switched off so that only one of them is sent.
import { mount } from 'svelte'
import LightRig from './LightRig.svelte'
import type { Rig } from './model'

for (const root of document.querySelectorAll<HTMLElement>('[data-island="lightrig"]')) {
  const data = document.getElementById(root.dataset.source ?? '')
  const fallback = root.parentElement?.querySelector<HTMLElement>('[data-island-fallback]')
  if (!data?.textContent) continue
  mount(LightRig, { target: root, props: { rig: JSON.parse(data.textContent) as Rig } })
  if (fallback) {
    fallback.hidden = true
    for (const field of fallback.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')) field.disabled = true
  }
}
