// What the plan page says about a shot's graph, read again when it changes.
import { Editor, type Given } from './editor.svelte'
import type { State } from './StepNode.svelte'

export type Shown = Given & { shot: { id: string; label: string }; states: Record<string, State> }

export class Reading {
  editor: Editor
  states = $state.raw<Record<string, State>>({})
  readonly shot: Shown['shot']

  constructor(given: Shown) {
    this.editor = $state.raw(drawn(given))
    this.states = given.states
    this.shot = given.shot
  }

  /** New states; another graph only when it is another one, so that the canvas stays where it is. */
  read(text: string): void {
    if (!text) return
    const given = JSON.parse(text) as Shown
    this.states = given.states
    if (JSON.stringify(given.graph) !== JSON.stringify(this.editor.given.graph)) this.editor = drawn(given)
  }
}

/** Laid out on its own, with room for a line of state: the places of the editor are those of another drawing. */
function drawn(given: Shown): Editor {
  return new Editor({ ...given, project: `plan.${given.project}`, more: 26 }, () => undefined)
}

/** Reads the page's JSON. */
export function reading(text: string): Reading {
  return new Reading(JSON.parse(text) as Shown)
}
