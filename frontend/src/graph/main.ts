// Mounts the node editor over the plain list of steps; the text below it follows the draft.
import './graph.css'
import { mount } from 'svelte'
import { refresh } from '../shell/refresh'
import { Editor, type Given } from './editor.svelte'
import GraphEditor from './GraphEditor.svelte'
import Text from './Text.svelte'

const root = document.querySelector<HTMLElement>('[data-island="graph"]')
const data = document.getElementById(root?.dataset.source ?? '')
if (root && data?.textContent) {
  const editor = new Editor(JSON.parse(data.textContent) as Given, () => refresh('pipeline.saved'))
  mount(GraphEditor, { target: root, props: { editor } })
  for (const plain of document.querySelectorAll<HTMLElement>('[data-island-fallback]')) plain.hidden = true
  const holder = document.querySelector<HTMLElement>('[data-island-text]')
  const area = document.querySelector<HTMLTextAreaElement>('#p-graph')
  if (holder && area) mount(Text, { target: holder, props: { editor, area, holder } })
  // Somebody saved: the versions were fetched again, and the draft is told against the newest one.
  document.addEventListener('slate:fresh', (event) => { if ((event.target as HTMLElement).id === 'pipeline-versions') editor.look(0) })
}
