import { describe, expect, it } from 'vitest'
import { arrange, frameOf, freePlace, line, size } from '../src/graph/layout'
import {
  add, begin, byType, connect, disconnect, duplicate, fromJSON, inputsFor, nameRefusal, order, outputsFor, push, redo, refusal, remove, rename, same, setParam, summary, toJSON, undo,
  type Graph, type NodeType, type Param, type Port,
} from '../src/graph/model'

const port = (name: string, kind: string, over: Partial<Port> = {}): Port => ({ port: name, kind, required: true, many: false, ...over })
const kind = (type: string, per: string, inputs: Port[], outputs: Port[], params: Param[] = []): NodeType => ({
  type, label: type, per, joins: per === 'scene' ? ['line', 'shot', 'scene', 'episode'] : per === 'act' ? ['line', 'shot', 'act', 'episode'] : ['line', 'shot', 'scene', 'act', 'episode'],
  group: 'Pictures', human: false, chooses: false, inputs, outputs, params,
})
const strength: Param = { name: 'strength', kind: 'number', default: 0.5, choices: [], low: 0, high: 1, longest: 200 }
const types = byType([
  kind('keyframe', 'shot', [], [port('image', 'image')]),
  kind('speech', 'line', [], [port('audio', 'audio')]),
  kind('clip', 'shot', [port('first', 'image'), port('speech', 'audio', { many: true, required: false })], [port('video', 'video')]),
  kind('modifier', 'shot', [port('video', 'video')], [port('video', 'video')], [strength]),
  kind('judge', 'shot', [port('video', 'video')], [port('score', 'number')]),
  kind('score', 'act', [port('gate', 'gate', { required: false })], [port('audio', 'audio')]),
  kind('room', 'scene', [port('audio', 'audio', { many: true })], [port('audio', 'audio')]),
])
const start = (): Graph => fromJSON({ version: 1, nodes: [{ id: 'keyframe', type: 'keyframe' }, { id: 'clip', type: 'clip' }, { id: 'judge', type: 'judge' }], edges: ['keyframe.image -> clip.first', 'clip.video -> judge.video'] })
const wire = (text: string) => fromJSON({ version: 1, nodes: [], edges: [text] }).edges[0]!

describe('the graph as JSON', () => {
  it('reads back what it writes, in one order', () => {
    const graph = start()
    const written = toJSON(graph)
    expect(written.nodes.map((one) => one.id)).toEqual(['clip', 'judge', 'keyframe'])
    expect(written.edges).toEqual(['clip.video -> judge.video', 'keyframe.image -> clip.first'])
    expect(same(fromJSON(JSON.parse(JSON.stringify(written))), graph)).toBe(true)
  })
  it.each([
    [{ version: 2, nodes: [], edges: [] }, 'version'],
    [{ version: 1, nodes: [{ id: 'a b', type: 'clip' }], edges: [] }, 'an id and a type'],
    [{ version: 1, nodes: [{ id: 'a', type: 'clip' }, { id: 'a', type: 'clip' }], edges: [] }, 'used twice'],
    [{ version: 1, nodes: [], edges: ['a -> b'] }, 'An edge reads'],
    [null, 'version'],
  ])('refuses %j', (data, words) => expect(() => fromJSON(data)).toThrow(words))
  it('does not tell the order of settings apart', () => {
    const nodes = (params: Record<string, unknown>) => ({ nodes: [{ id: 'm', type: 'modifier', params }], edges: [] })
    expect(same(nodes({ a: 1, b: [2] }), nodes({ b: [2], a: 1 }))).toBe(true)
    expect(same(nodes({ a: 1 }), nodes({ a: 2 }))).toBe(false)
  })
})

describe('what may be joined', () => {
  it('goes by kind, with the reason', () => {
    expect(refusal(start(), types, wire('keyframe.image -> judge.video'))).toBe('judge.video takes video, but keyframe.image gives image.')
    const [graph] = add(start(), 'modifier')
    expect(refusal(graph, types, wire('clip.video -> modifier.video'))).toBe('')
  })
  it('goes by level', () => {
    const graph = add(add(start(), 'score')[0], 'room')[0]
    expect(refusal(graph, types, wire('score.audio -> room.audio'))).toContain('is made per scene, which has no act')
  })
  it('is no circle, no second time and no missing port', () => {
    const graph = connect(add(start(), 'modifier')[0], types, wire('clip.video -> modifier.video'))
    const second = connect(add(graph, 'modifier')[0], types, wire('modifier.video -> modifier_2.video'))
    expect(refusal(second, types, wire('modifier_2.video -> modifier.video'))).toBe('modifier would wait for itself.')
    expect(refusal(second, types, wire('modifier.video -> modifier.video'))).toContain('itself')
    expect(refusal(graph, types, wire('clip.video -> modifier.video'))).toContain('already')
    expect(refusal(graph, types, wire('clip.sound -> modifier.video'))).toContain('no such port')
  })
  it('offers an output only inputs of its kind, and says what it would take the place of', () => {
    const [graph] = add(start(), 'modifier')
    expect(inputsFor(graph, types, 'clip', 'video')).toEqual([{ node: 'modifier', port: 'video', note: '' }])
    expect(inputsFor(graph, types, 'modifier', 'video')).toEqual([{ node: 'judge', port: 'video', note: 'instead of clip.video' }])
    expect(outputsFor(graph, types, 'modifier', 'video')).toEqual([{ node: 'clip', port: 'video', note: '' }])
  })
})

describe('changes', () => {
  it('joins in the place of what was there, beside it where many may lie', () => {
    let graph = connect(add(start(), 'modifier')[0], types, wire('clip.video -> modifier.video'))
    graph = connect(graph, types, wire('modifier.video -> judge.video'))
    expect(toJSON(graph).edges).toEqual(['clip.video -> modifier.video', 'keyframe.image -> clip.first', 'modifier.video -> judge.video'])
    let spoken = add(add(start(), 'speech')[0], 'speech')[0]
    spoken = connect(connect(spoken, types, wire('speech.audio -> clip.speech')), types, wire('speech_2.audio -> clip.speech'))
    expect(toJSON(spoken).edges.filter((one) => one.endsWith('clip.speech'))).toHaveLength(2)
  })
  it('removes a step with its wires, and a wire alone', () => {
    expect(toJSON(remove(start(), ['clip']))).toEqual({ version: 1, nodes: [{ id: 'judge', type: 'judge', params: {} }, { id: 'keyframe', type: 'keyframe', params: {} }], edges: [] })
    expect(toJSON(disconnect(start(), wire('clip.video -> judge.video'))).edges).toEqual(['keyframe.image -> clip.first'])
  })
  it('copies a step with what feeds it, under a name of its own', () => {
    const [graph, copy] = duplicate(setParam(add(start(), 'modifier')[0], types, 'modifier', 'strength', 1), 'clip')
    expect(copy).toBe('clip_2')
    expect(toJSON(graph).edges).toContain('keyframe.image -> clip_2.first')
    expect(duplicate(graph, 'clip_2')[1]).toBe('clip_3')
  })
  it('calls a step otherwise, with all its wires', () => {
    expect(nameRefusal(start(), 'clip', 'judge')).toContain('already')
    expect(nameRefusal(start(), 'clip', 'a b')).toContain('letters')
    expect(nameRefusal(start(), 'clip', 'Schluß-2')).toBe('')
    expect(toJSON(rename(start(), 'clip', 'take')).edges).toEqual(['keyframe.image -> take.first', 'take.video -> judge.video'])
  })
  it('writes a setting down unless it is the usual one', () => {
    const graph = setParam(add(start(), 'modifier')[0], types, 'modifier', 'strength', 0.8)
    const step = graph.nodes.find((one) => one.id === 'modifier')!
    expect(step.params).toEqual({ strength: 0.8 })
    expect(summary(step, types.modifier)).toEqual(['strength 0.8'])
    expect(setParam(graph, types, 'modifier', 'strength', 0.5).nodes.find((one) => one.id === 'modifier')!.params).toEqual({})
  })
})

describe('the order of work', () => {
  it('puts what is needed first and what stands alone last', () => {
    const [graph] = add(start(), 'score')
    expect(order(graph).map((one) => one.id)).toEqual(['keyframe', 'clip', 'judge', 'score'])
  })
  it('holds every step of a circle once', () => {
    const graph: Graph = { nodes: ['a', 'b'].map((id) => ({ id, type: 'modifier', params: {} })), edges: [wire('a.video -> b.video'), wire('b.video -> a.video')] }
    expect(order(graph).map((one) => one.id).sort()).toEqual(['a', 'b'])
  })
})

describe('undo', () => {
  const draft = (id: string) => ({ graph: { nodes: [{ id, type: 'clip', params: {} }], edges: [] }, places: {} })
  it('goes back and forth, and forgets what was undone after another change', () => {
    let history = push(push(begin(draft('a')), draft('b')), draft('c'))
    history = undo(undo(history))
    expect(history.now.graph.nodes[0]!.id).toBe('a')
    expect(undo(history)).toBe(history)
    expect(redo(history).now.graph.nodes[0]!.id).toBe('b')
    history = push(redo(history), draft('d'))
    expect(redo(history)).toBe(history)
    expect(undo(history).now.graph.nodes[0]!.id).toBe('b')
  })
  it('takes changes of one field as one', () => {
    const history = push(push(push(begin(draft('a')), draft('b'), 'm.strength'), draft('c'), 'm.strength'), draft('d'), 'm.style')
    expect(undo(history).now.graph.nodes[0]!.id).toBe('c')
    expect(undo(undo(history)).now.graph.nodes[0]!.id).toBe('a')
  })
  it('holds at least 200 steps', () => {
    let history = begin(draft('0'))
    for (let at = 1; at <= 250; at += 1) history = push(history, draft(`n${at}`))
    for (let at = 0; at < 250; at += 1) history = undo(history)
    expect(history.now.graph.nodes[0]!.id).toBe('0')
  })
})

describe('the layout', () => {
  it('goes from left to right, the same each time, with no step on another', async () => {
    const [graph] = add(start(), 'score')
    const { places, ways } = await arrange(graph, types)
    expect(places.keyframe!.x).toBeLessThan(places.clip!.x)
    expect(places.clip!.x).toBeLessThan(places.judge!.x)
    expect(await arrange({ nodes: [...graph.nodes].reverse(), edges: [...graph.edges].reverse() }, types)).toEqual({ places, ways })
    const boxes = graph.nodes.map((one) => ({ ...places[one.id]!, ...size(one, types) }))
    for (const [at, a] of boxes.entries()) for (const b of boxes.slice(at + 1)) expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true)
  })
  it('leads a long wire past the steps on its way, straight and level', async () => {
    const graph = connect(connect(add(start(), 'modifier')[0], types, wire('clip.video -> modifier.video')), types, wire('modifier.video -> judge.video'))
    const far = { ...add(graph, 'score')[0], edges: [...graph.edges, wire('keyframe.image -> judge.last')] }
    const { places, ways } = await arrange(far, types)
    expect(Object.keys(ways)).toEqual(['keyframe.image -> judge.last'])
    const way = ways['keyframe.image -> judge.last']!
    expect(way.map((one) => one.x)).toEqual(['clip', 'modifier'].flatMap((id) => [places[id]!.x, places[id]!.x + 152]))
    for (const id of ['clip', 'modifier']) {
      const [top, height] = [places[id]!.y, size(far.nodes.find((one) => one.id === id)!, types).height]
      for (const point of way.filter((one) => one.x === places[id]!.x)) expect(point.y < top || point.y > top + height).toBe(true)
    }
    expect(places.score!.y).toBeGreaterThan(Math.max(...way.map((one) => one.y)))
    expect(line({ x: 0, y: 0 }, { x: 100, y: 50 }, [{ x: 40, y: 50 }])).toBe('M0,0 C20,0 20,50 40,50 L100,50')
  })
  it('frames steps and ways, and enlarges nothing', () => {
    const box = { x: 10, y: 20, width: 100, height: 50 }
    expect(frameOf([box], [[{ x: 40, y: -30 }]], { width: 50, height: 50 })).toEqual({ x: 10, y: -30, width: 100, height: 100 })
    expect(frameOf([box], [], { width: 200, height: 150 })).toEqual({ x: -40, y: -30, width: 200, height: 150 })
    expect(frameOf([], [], { width: 200, height: 150 })).toEqual({ x: 0, y: 0, width: 200, height: 150 })
  })
  it('finds a free place', async () => {
    const graph = start()
    const { places } = await arrange(graph, types)
    const at = freePlace(places.clip!, { graph, places }, types)
    expect(at.y).toBeGreaterThanOrEqual(places.clip!.y + size(graph.nodes[1]!, types).height)
  })
})
