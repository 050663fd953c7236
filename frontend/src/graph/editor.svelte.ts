// What the editor holds: the draft with its history, what the server says about it, what is chosen.
import { say } from '../shell/say'
import { check, newest, Refusal, save, type Version } from './api'
import { arrange, freePlace, keepPlaces, keptPlaces, WIDTH, type Layout } from './layout'
import {
  add, begin, byType, connect, disconnect, duplicate, fromJSON, key, order, push, redo, refusal, remove, rename, same, setParam, undo,
  type Catalogue, type Draft, type Fault, type Graph, type GraphJSON, type History, type NodeType, type Place, type Wire,
} from './model'

export type Given = {
  project: string; graph: GraphJSON; number: number; types: NodeType[]; kinds: string[]; faults: Fault[]
  graph_url: string; check_url: string; editable: boolean
  /** How much higher than in the editor each step is drawn. */
  more?: number
}
export type View = 'canvas' | 'outline'

const QUIET = 350

/** One editor on a page. `refreshed` is told after a save, so that the rest of the page follows. */
export class Editor {
  readonly types: Catalogue
  history = $state.raw<History>(begin({ graph: { nodes: [], edges: [] }, places: {} }))
  base = $state.raw<Graph>({ nodes: [], edges: [] })
  number = $state(0)
  faults = $state.raw<Fault[]>([])
  changes = $state.raw<string[]>([])
  checking = $state(false)
  saving = $state(false)
  problem = $state('')
  moved = $state.raw<Version | null>(null)
  chosen = $state.raw<string[]>([])
  view = $state<View>('canvas')
  /** The layout that was made last: its ways hold for wires whose ends still lie where it put them. */
  layout = $state.raw<Layout>({ places: {}, ways: {} })
  private timer = 0
  private asked = 0

  constructor(readonly given: Given, private readonly refreshed: () => void) {
    this.types = byType(given.types)
    this.base = fromJSON(given.graph)
    this.number = given.number
    this.faults = given.faults
    this.history = begin({ graph: this.base, places: keptPlaces(given.project) })
  }

  get draft(): Draft { return this.history.now }
  get graph(): Graph { return this.history.now.graph }
  get editable(): boolean { return this.given.editable }
  get dirty(): boolean { return !same(this.graph, this.base) }
  get steps() { return order(this.graph) }

  /** Places for steps that have none: all by the layout, or a new one beside the others. */
  async settle(): Promise<void> {
    const missing = this.graph.nodes.filter((one) => !this.draft.places[one.id])
    if (!missing.length) return
    const layout = await arrange(this.graph, this.types, this.given.more)
    const found = layout.places
    const kept = Object.fromEntries(Object.entries(this.draft.places).filter(([id]) => this.graph.nodes.some((one) => one.id === id)))
    const few = missing.length < this.graph.nodes.length / 2
    const places = few ? { ...found, ...kept } : found
    if (few) for (const one of missing) places[one.id] = freePlace(found[one.id] ?? { x: 0, y: 0 }, { graph: remove(this.graph, [one.id]), places }, this.types)
    if (!few) this.layout = layout
    this.history = { ...this.history, now: { ...this.draft, places } }
  }

  /** Another graph as the draft; `why` joins it with the change before it of the same reason. */
  change(graph: Graph, why = '', places: Record<string, Place> = this.draft.places): void {
    if (!this.editable) return
    this.history = push(this.history, { graph, places }, why)
    this.look()
  }

  add(type: string, wanted: Place = { x: 0, y: 0 }): string {
    const [graph, id] = add(this.graph, type)
    const at = freePlace(wanted, this.draft, this.types)
    this.change(graph, '', { ...this.draft.places, [id]: at })
    say(`${this.types[type]?.label ?? type} added as ${id}.`)
    return id
  }

  /** Joins two ports, or says why it cannot be. */
  join(wire: Wire): boolean {
    const why = refusal(this.graph, this.types, wire)
    if (why) { say(why); return false }
    const graph = connect(this.graph, this.types, wire)
    const freed = this.graph.edges.filter((one) => !graph.edges.includes(one))
    this.change(graph)
    say(`${key(wire).replace(' -> ', ' joined to ')}${freed[0] ? `, instead of ${freed[0].source}.${freed[0].out}` : ''}.`)
    return true
  }

  part(wire: Wire): void {
    this.change(disconnect(this.graph, wire))
    say(`${key(wire).replace(' -> ', ' no longer joined to ')}.`)
  }

  remove(ids: string[]): void {
    if (!ids.length || !this.editable) return
    this.change(remove(this.graph, ids))
    this.chosen = []
    say(`${ids.join(', ')} removed. Ctrl Z brings ${ids.length > 1 ? 'them' : 'it'} back.`)
  }

  duplicate(id: string): string {
    const [graph, copy] = duplicate(this.graph, id)
    const from = this.draft.places[id] ?? { x: 0, y: 0 }
    const at = freePlace({ x: from.x + 24, y: from.y + 60 }, this.draft, this.types)
    this.change(graph, '', { ...this.draft.places, [copy]: at })
    this.chosen = [copy]
    say(`${copy} is a copy of ${id}.`)
    return copy
  }

  rename(id: string, name: string): void {
    const { [id]: at, ...others } = this.draft.places
    this.change(rename(this.graph, id, name), '', at ? { ...others, [name]: at } : others)
    this.chosen = this.chosen.map((one) => (one === id ? name : one))
  }

  set(id: string, name: string, value: unknown): void {
    this.change(setParam(this.graph, this.types, id, name, value), `${id}.${name}`)
  }

  /** Steps lie elsewhere now; nothing of what is made changes. */
  move(places: Record<string, Place>, why = ''): void {
    this.history = push(this.history, { graph: this.graph, places: { ...this.draft.places, ...places } }, why)
    keepPlaces(this.given.project, this.draft.places)
  }

  async layOut(): Promise<void> {
    this.layout = await arrange(this.graph, this.types)
    this.history = push(this.history, { graph: this.graph, places: this.layout.places })
    keepPlaces(this.given.project, null)
  }

  undo(): void { this.step(undo(this.history), 'Undone.', 'There is nothing to undo.') }
  redo(): void { this.step(redo(this.history), 'Done again.', 'There is nothing to do again.') }

  private step(history: History, done: string, nothing: string): void {
    say(history === this.history ? nothing : done)
    const { places } = this.draft
    this.history = history
    if (this.draft.places !== places && Object.keys(keptPlaces(this.given.project)).length) keepPlaces(this.given.project, this.draft.places)
    this.chosen = this.chosen.filter((id) => this.graph.nodes.some((one) => one.id === id))
    this.look()
  }

  /** A graph from elsewhere as the draft; throws an Error when the text is no graph. */
  take(text: string): void {
    let data: unknown
    try {
      data = JSON.parse(text)
    } catch (error) {
      throw new Error(`The text is no JSON: ${(error as Error).message}`)
    }
    this.change(fromJSON(data))
    this.chosen = []
    void this.settle()
  }

  /** Back to the version that is used. */
  leave(): void {
    this.change(this.base)
    this.moved = null
    this.problem = ''
    void this.settle()
    say('Your changes are left; Ctrl Z brings them back.')
  }

  /** Ask the server about the draft, soon. */
  look(wait = QUIET): void {
    window.clearTimeout(this.timer)
    this.checking = true
    this.timer = window.setTimeout(() => void this.ask(), wait)
  }

  private async ask(): Promise<void> {
    const turn = ++this.asked
    try {
      const found = await check(this.given.check_url, this.graph)
      if (turn !== this.asked) return
      this.faults = found.faults
      this.changes = found.changes
      this.problem = ''
      if (found.number !== this.number) await this.meanwhile()
    } catch (error) {
      if (turn === this.asked) this.problem = (error as Error).message
    } finally {
      if (turn === this.asked) this.checking = false
    }
  }

  /** Somebody saved another version: shown at once where nothing was changed here, else asked about. */
  private async meanwhile(): Promise<void> {
    const found = await newest(this.given.graph_url)
    if (found.number === this.number) return
    if (this.dirty) { this.moved = found; return }
    this.adopt(found)
    say(`Version ${found.number} was saved by ${found.actor || 'Slate'} and is shown now.`)
  }

  private adopt(version: Version): void {
    this.base = fromJSON(version.graph)
    this.number = version.number
    this.moved = null
    if (!same(this.graph, this.base)) this.history = push(this.history, { graph: this.base, places: this.draft.places })
    void this.settle()
    this.look(0)
  }

  /** The newer version instead of the draft; the draft stays in the history. */
  theirs(): void { if (this.moved) this.adopt(this.moved) }

  /** The draft goes on from the newer version: what it changes is told against that one. */
  mine(): void {
    if (!this.moved) return
    this.base = fromJSON(this.moved.graph)
    this.number = this.moved.number
    this.moved = null
    this.problem = ''
    this.look(0)
  }

  async save(note: string): Promise<boolean> {
    this.saving = true
    this.problem = ''
    try {
      const saved = await save(this.given.graph_url, this.graph, note, this.number)
      this.base = fromJSON(saved.graph)
      this.number = saved.number
      this.changes = []
      say(`Saved as version ${saved.number}.`)
      this.refreshed()
      return true
    } catch (error) {
      if (error instanceof Refusal && error.status === 409) await this.meanwhile().catch(() => undefined)
      else this.problem = (error as Error).message
      if (error instanceof Refusal && error.status === 422) this.look(0)
      return false
    } finally {
      this.saving = false
    }
  }

  /** Where a wire bends on its way; empty for a short one, and once a step of it was moved. */
  wayOf(wire: Wire): Place[] {
    const { places, ways } = this.layout
    const there = (id: string) => places[id] && places[id].x === this.draft.places[id]?.x && places[id].y === this.draft.places[id]?.y
    return there(wire.source) && there(wire.target) ? (ways[key(wire)] ?? []) : []
  }

  /** The faults of a step, or of one of its ports. */
  faultsOf(id: string, port?: string): Fault[] {
    return this.faults.filter((one) => one.node === id && (port === undefined || one.port === port))
  }

  /** Where a step is put that is asked for without a place: right of what is chosen. */
  beside(): Place | null {
    const at = this.draft.places[this.chosen.at(-1) ?? '']
    return at ? { x: at.x + WIDTH + 46, y: at.y } : null
  }

}
