// The production graph as data: every change gives a new graph. Which ports there are and what may be joined stands in
// the server's catalogue; nothing here knows a node type by name.

export type Port = { port: string; kind: string; required: boolean; many: boolean }
export type Param = { name: string; kind: 'text' | 'whole' | 'number' | 'list'; default: unknown; choices: string[]; low: number; high: number; longest: number }
export type NodeType = {
  type: string; label: string; per: string; joins: string[]; group: string; human: boolean; chooses: boolean
  inputs: Port[]; outputs: Port[]; params: Param[]
}
export type Step = { id: string; type: string; params: Record<string, unknown> }
export type Wire = { source: string; out: string; target: string; into: string }
export type Graph = { nodes: Step[]; edges: Wire[] }
export type GraphJSON = { version: number; nodes: { id: string; type: string; params?: Record<string, unknown> }[]; edges: string[] }
export type Fault = { node: string; port: string; message: string }
export type Place = { x: number; y: number }
export type Draft = { graph: Graph; places: Record<string, Place> }
export type Catalogue = Record<string, NodeType>
export type Choice = { node: string; port: string; note: string }

const NAME = /^[\p{L}\p{N}_-]{1,60}$/u
const DEPTH = 300

/** The catalogue by type. */
export function byType(types: NodeType[]): Catalogue {
  return Object.fromEntries(types.map((one) => [one.type, one]))
}

/** Reads the JSON the server reads. Throws an Error that says what is wrong with its form. */
export function fromJSON(data: unknown): Graph {
  const given = data as Partial<GraphJSON> | null
  if (typeof given !== 'object' || given === null || given.version !== 1) throw new Error('A graph has "version": 1, "nodes" and "edges".')
  if (!Array.isArray(given.nodes) || !Array.isArray(given.edges)) throw new Error('"nodes" and "edges" are lists.')
  const nodes = given.nodes.map((one) => {
    if (!NAME.test(one?.id ?? '') || !NAME.test(one?.type ?? '')) throw new Error(`A node needs an id and a type: ${JSON.stringify(one)?.slice(0, 80)}`)
    return { id: one.id, type: one.type, params: { ...one.params } }
  })
  const twice = nodes.find((one, at) => nodes.some((other, before) => before < at && other.id === one.id))
  if (twice) throw new Error(`The id ${twice.id} is used twice.`)
  return { nodes, edges: given.edges.map(wireOf) }
}

function wireOf(text: unknown): Wire {
  const found = typeof text === 'string' ? /^\s*([^.\s]+)\.([^.\s]+)\s*->\s*([^.\s]+)\.([^.\s]+)\s*$/.exec(text) : null
  if (!found) throw new Error(`An edge reads “node.port -> node.port”, not ${JSON.stringify(text)?.slice(0, 80)}.`)
  return { source: found[1]!, out: found[2]!, target: found[3]!, into: found[4]! }
}

/** How a wire is written. */
export function key(wire: Wire): string {
  return `${wire.source}.${wire.out} -> ${wire.target}.${wire.into}`
}

/** The JSON of a graph, in the server's order, so that equal graphs are equal texts. */
export function toJSON(graph: Graph): GraphJSON {
  const nodes = [...graph.nodes].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, type, params }) => ({ id, type, params }))
  return { version: 1, nodes, edges: graph.edges.map(key).sort() }
}

/** Whether two graphs say the same. */
export function same(a: Graph, b: Graph): boolean {
  return written(toJSON(a)) === written(toJSON(b))
}

function written(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (one && typeof one === 'object' && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort()) : one))
}

/** A name nobody has: the wanted one, or it with a number. */
export function freeId(graph: Graph, wanted: string): string {
  const known = new Set(graph.nodes.map((one) => one.id))
  const base = wanted.replace(/_\d+$/, '')
  if (!known.has(wanted)) return wanted
  let number = 2
  while (known.has(`${base}_${number}`)) number += 1
  return `${base}_${number}`
}

/** The graph with one more step of a type, and its id. */
export function add(graph: Graph, type: string): [Graph, string] {
  const id = freeId(graph, type)
  return [{ ...graph, nodes: [...graph.nodes, { id, type, params: {} }] }, id]
}

/** The graph without these steps and what hung on them. */
export function remove(graph: Graph, ids: string[]): Graph {
  return {
    nodes: graph.nodes.filter((one) => !ids.includes(one.id)),
    edges: graph.edges.filter((wire) => !ids.includes(wire.source) && !ids.includes(wire.target)),
  }
}

/** The graph with a second step like this one, fed by the same, and its id. */
export function duplicate(graph: Graph, id: string): [Graph, string] {
  const step = graph.nodes.find((one) => one.id === id)
  if (!step) return [graph, id]
  const copy = freeId(graph, id)
  const fed = graph.edges.filter((wire) => wire.target === id).map((wire) => ({ ...wire, target: copy }))
  return [{ nodes: [...graph.nodes, { ...step, id: copy, params: { ...step.params } }], edges: [...graph.edges, ...fed] }, copy]
}

/** Why a step may not have this name; empty when it may. */
export function nameRefusal(graph: Graph, id: string, name: string): string {
  if (!NAME.test(name)) return 'A name is 1 to 60 letters, digits, _ or -.'
  return name !== id && graph.nodes.some((one) => one.id === name) ? `There is a step ${name} already.` : ''
}

/** The graph with a step called otherwise. */
export function rename(graph: Graph, id: string, name: string): Graph {
  const end = (one: string) => (one === id ? name : one)
  return {
    nodes: graph.nodes.map((one) => (one.id === id ? { ...one, id: name } : one)),
    edges: graph.edges.map((wire) => ({ ...wire, source: end(wire.source), target: end(wire.target) })),
  }
}

/** The graph with a setting of a step; what is the default anyway is not written down. */
export function setParam(graph: Graph, types: Catalogue, id: string, name: string, value: unknown): Graph {
  const nodes = graph.nodes.map((one) => {
    if (one.id !== id) return one
    const usual = types[one.type]?.params.find((param) => param.name === name)?.default
    const { [name]: _, ...others } = one.params
    return { ...one, params: written(value) === written(usual) ? others : { ...others, [name]: value } }
  })
  return { ...graph, nodes }
}

/** A step's setting, or the default of its type. */
export function paramOf(step: Step, param: Param): unknown {
  return step.params[param.name] ?? param.default
}

/** Why two ports cannot be joined, in words; empty when they can. The kinds and levels are the server's. */
export function refusal(graph: Graph, types: Catalogue, wire: Wire): string {
  const [source, target] = [typeOf(graph, types, wire.source), typeOf(graph, types, wire.target)]
  const given = source?.outputs.find((one) => one.port === wire.out)
  const taken = target?.inputs.find((one) => one.port === wire.into)
  if (!source || !target || !given || !taken) return 'There is no such port.'
  if (wire.source === wire.target) return `${wire.source} cannot feed itself.`
  if (given.kind !== taken.kind) return `${wire.target}.${wire.into} takes ${taken.kind}, but ${wire.source}.${wire.out} gives ${given.kind}.`
  if (!source.joins.includes(target.per)) return `${wire.target} is made per ${target.per}, which has no ${source.per} of ${wire.source}.`
  if (graph.edges.some((one) => key(one) === key(wire))) return 'These are joined already.'
  return upstream(graph, wire.source).has(wire.target) ? `${wire.target} would wait for itself.` : ''
}

/** The graph with two ports joined; an input that takes one lets go of what it had. */
export function connect(graph: Graph, types: Catalogue, wire: Wire): Graph {
  const port = typeOf(graph, types, wire.target)?.inputs.find((one) => one.port === wire.into)
  const kept = port?.many ? graph.edges : graph.edges.filter((one) => one.target !== wire.target || one.into !== wire.into)
  return { ...graph, edges: [...kept, wire] }
}

/** The graph without a wire. */
export function disconnect(graph: Graph, wire: Wire): Graph {
  return { ...graph, edges: graph.edges.filter((one) => key(one) !== key(wire)) }
}

/** The inputs an output may be led to; the note says whose place it would take. */
export function inputsFor(graph: Graph, types: Catalogue, source: string, out: string): Choice[] {
  return order(graph).flatMap((step) => (types[step.type]?.inputs ?? []).flatMap((port) => {
    if (refusal(graph, types, { source, out, target: step.id, into: port.port })) return []
    return [{ node: step.id, port: port.port, note: replaced(graph, step.id, port) }]
  }))
}

/** The outputs that may be led to an input. */
export function outputsFor(graph: Graph, types: Catalogue, target: string, into: string): Choice[] {
  return order(graph).flatMap((step) => (types[step.type]?.outputs ?? []).flatMap((port) =>
    refusal(graph, types, { source: step.id, out: port.port, target, into }) ? [] : [{ node: step.id, port: port.port, note: '' }]))
}

function replaced(graph: Graph, node: string, port: Port): string {
  const there = port.many ? undefined : graph.edges.find((wire) => wire.target === node && wire.into === port.port)
  return there ? `instead of ${there.source}.${there.out}` : ''
}

function typeOf(graph: Graph, types: Catalogue, id: string): NodeType | undefined {
  const step = graph.nodes.find((one) => one.id === id)
  return step ? types[step.type] : undefined
}

function upstream(graph: Graph, id: string): Set<string> {
  const found = new Set([id])
  const open = [id]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const wire of graph.edges) if (wire.target === at && !found.has(wire.source)) { found.add(wire.source); open.push(wire.source) }
  }
  return found
}

/** The steps in an order of work, each right before what needs it; what stands alone comes last. */
export function order(graph: Graph): Step[] {
  const byId = new Map(graph.nodes.map((one) => [one.id, one]))
  const feeding = new Set(graph.edges.map((wire) => wire.source))
  const fed = new Set(graph.edges.map((wire) => wire.target))
  const rank = (one: Step) => (!fed.has(one.id) && !feeding.has(one.id) ? 2 : feeding.has(one.id) ? 1 : 0)
  const found = new Map<string, Step>()
  const entered = new Set<string>()
  const visit = (id: string): void => {
    const step = byId.get(id)
    if (!step || entered.has(id)) return
    entered.add(id)
    for (const wire of graph.edges.filter((one) => one.target === id).sort((a, b) => (key(a) < key(b) ? -1 : 1))) visit(wire.source)
    found.set(id, step)
  }
  // From the ends; what waits for itself has no end and is found after them.
  for (const step of [...graph.nodes].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))) visit(step.id)
  return [...found.values()]
}

/** What a step is set to, other than its type is by default: "style old_film". */
export function summary(step: Step, type: NodeType | undefined): string[] {
  return (type?.params ?? []).flatMap((param) => {
    const value = paramOf(step, param)
    const shown = Array.isArray(value) ? value.join(', ') : String(value ?? '')
    return param.name in step.params && shown ? [`${words(param.name)} ${words(shown)}`] : []
  })
}

/** A slug as people read it; names with a slash (engines) stay as they are. */
export function words(slug: string): string {
  return slug.includes('/') ? slug : slug.replaceAll('_', ' ')
}

export type History = { now: Draft; past: Draft[]; future: Draft[]; why: string }

/** A history that begins with a draft. */
export function begin(now: Draft): History {
  return { now, past: [], future: [], why: '' }
}

/** The history after a change. Changes for the same reason (the same field, the same move) are undone as one. */
export function push(history: History, now: Draft, why = ''): History {
  const past = why && why === history.why ? history.past : [...history.past, history.now].slice(-DEPTH)
  return { now, past, future: [], why }
}

/** One step back. */
export function undo(history: History): History {
  const before = history.past.at(-1)
  return before ? { now: before, past: history.past.slice(0, -1), future: [history.now, ...history.future], why: '' } : history
}

/** One step forward again. */
export function redo(history: History): History {
  const [after, ...later] = history.future
  return after ? { now: after, past: [...history.past, history.now], future: later, why: '' } : history
}
