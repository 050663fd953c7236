// The plan page's picture of one shot: the same canvas, to look at. Only where there is room for it.
import './graph.css'
import { mount } from 'svelte'
import PlanGraph from './PlanGraph.svelte'
import { reading } from './reading.svelte'

const root = document.querySelector<HTMLElement>('[data-island="plan-graph"]')
const read = () => document.getElementById(root?.dataset.source ?? '')?.textContent ?? ''
if (root && read()) {
  const shown = reading(read())
  root.closest<HTMLElement>('[hidden]')?.removeAttribute('hidden')
  mount(PlanGraph, { target: root, props: { shown, shotUrl: root.dataset.shotUrl ?? '', mayRun: root.dataset.run === 'yes' } })
  document.addEventListener('slate:fresh', (event) => { if ((event.target as HTMLElement).id === 'plan-graph-source') shown.read(read()) })
}
