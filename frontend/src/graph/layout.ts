// Where steps lie on the canvas. Places are no part of the graph: they are found by dagre and kept in this browser.
import { key, order, summary, type Catalogue, type Graph, type Place, type Step, type Wire } from './model'

export const WIDTH = 152
const HEAD = 34
const ROW = 19
const LINE = 17

/** The room a step takes, in canvas units. */
export function size(step: Step, types: Catalogue, more = 0): { width: number; height: number } {
  const type = types[step.type]
  const rows = Math.max(type?.inputs.length ?? 0, type?.outputs.length ?? 0)
  const lines = ((type?.label.length ?? 0) > 15 ? 1 : 0) + (step.id === step.type ? 0 : 1) + (type?.human ? 1 : 0) + (summary(step, type).length ? 1 : 0)
  return { width: WIDTH, height: HEAD + rows * ROW + lines * LINE + 10 + more }
}

export type Layout = { places: Record<string, Place>; ways: Record<string, Place[]> }

/**
 * Places from left to right in the order of work, `more` higher steps each, and the ways of wires that pass other steps.
 * The same graph gives the same layout.
 */
export async function arrange(graph: Graph, types: Catalogue, more = 0): Promise<Layout> {
  const { default: dagre } = await import('@dagrejs/dagre')
  const drawing = new dagre.graphlib.Graph({ multigraph: true })
  drawing.setGraph({ rankdir: 'LR', nodesep: 22, ranksep: 46, edgesep: 16 })
  drawing.setDefaultEdgeLabel(() => ({}))
  const joined = new Set(graph.edges.flatMap((wire) => [wire.source, wire.target]))
  const steps = order(graph)
  for (const step of steps) if (joined.has(step.id)) drawing.setNode(step.id, { ...size(step, types, more) })
  for (const wire of [...graph.edges].sort((a, b) => (`${a.source} ${a.target} ${a.out} ${a.into}` < `${b.source} ${b.target} ${b.out} ${b.into}` ? -1 : 1))) {
    if (drawing.hasNode(wire.source) && drawing.hasNode(wire.target)) drawing.setEdge(wire.source, wire.target, {}, `${wire.out} ${wire.into}`)
  }
  dagre.layout(drawing)
  const places: Record<string, Place> = {}
  let lowest = 0
  for (const step of steps.filter((one) => joined.has(one.id))) {
    const { width, height } = size(step, types, more)
    const at = drawing.node(step.id) as { x: number; y: number }
    places[step.id] = { x: Math.round(at.x - width / 2), y: Math.round(at.y - height / 2) }
    lowest = Math.max(lowest, at.y + height / 2)
  }
  const ways = Object.fromEntries(graph.edges.flatMap((wire) => waysOf(drawing.edge(wire.source, wire.target, `${wire.out} ${wire.into}`), wire, places)))
  for (const way of Object.values(ways)) for (const point of way) lowest = Math.max(lowest, point.y)
  // What stands alone (score, ambience) gets a row of its own below, in reading order.
  steps.filter((one) => !joined.has(one.id)).forEach((step, at) => { places[step.id] = { x: at * (WIDTH + 24), y: Math.round(lowest + (joined.size ? 36 : 0)) } })
  return { places, ways }
}

/** Where a long wire passes between the steps of the columns on its way: straight across each of them. */
function waysOf(edge: { points?: Place[] } | undefined, wire: Wire, places: Record<string, Place>): [string, Place[]][] {
  const columns = new Set(Object.values(places).map((at) => at.x))
  const way = (edge?.points ?? []).slice(1, -1).flatMap((point) => {
    const left = Math.round(point.x - WIDTH / 2)
    return columns.has(left) ? [{ x: left, y: point.y }, { x: left + WIDTH, y: point.y }] : []
  })
  return way.length ? [[key(wire), way]] : []
}

/** The line of a wire from port to port through the points of its way; every bend leaves and arrives level. */
export function line(from: Place, to: Place, way: Place[]): string {
  let at = from
  return [...way, to].reduce((path, next) => {
    const half = Math.max(18, Math.abs(next.x - at.x) / 2)
    const bend = at.y === next.y ? `L${next.x},${next.y}` : `C${at.x + half},${at.y} ${next.x - half},${next.y} ${next.x},${next.y}`
    at = next
    return `${path} ${bend}`
  }, `M${from.x},${from.y}`)
}

/** The frame round all steps and the ways of wires, at least as large as the room it is shown in: nothing is enlarged. */
export function frameOf(boxes: { x: number; y: number; width: number; height: number }[], ways: Place[][], room: { width: number; height: number }): { x: number; y: number; width: number; height: number } {
  const points = [...boxes.flatMap((box) => [{ x: box.x, y: box.y }, { x: box.x + box.width, y: box.y + box.height }]), ...ways.flat()]
  if (!points.length) return { x: 0, y: 0, ...room }
  const [xs, ys] = [points.map((one) => one.x), points.map((one) => one.y)]
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const [width, height] = [Math.max(right - left, room.width), Math.max(bottom - top, room.height)]
  return { x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height }
}

/** A place near the wanted one where no step lies. */
export function freePlace(wanted: Place, draft: { graph: Graph; places: Record<string, Place> }, types: Catalogue): Place {
  const at = { x: Math.round(wanted.x), y: Math.round(wanted.y) }
  const hit = () => draft.graph.nodes.some((step) => {
    const there = draft.places[step.id]
    return there && Math.abs(there.x - at.x) < WIDTH && at.y < there.y + size(step, types).height + 16 && at.y + 106 > there.y
  })
  for (let tries = 0; tries < 60 && hit(); tries += 1) at.y += 32
  return at
}

/** The places kept in this browser for a project. */
export function keptPlaces(project: string): Record<string, Place> {
  try {
    return JSON.parse(localStorage.getItem(`slate.graph.${project}`) ?? '{}') as Record<string, Place>
  } catch {
    return {}
  }
}

/** Keeps places, or forgets them: those of the automatic layout need not be kept. */
export function keepPlaces(project: string, places: Record<string, Place> | null): void {
  try {
    if (places) localStorage.setItem(`slate.graph.${project}`, JSON.stringify(places))
    else localStorage.removeItem(`slate.graph.${project}`)
  } catch {
    // A browser that keeps nothing lays the graph out anew each time.
  }
}
