import { describe, expect, it } from 'vitest'
import { dialOf, frameSize } from '../src/previs/live'
import { columns, lookAt, perspective, product } from '../src/previs/matrix'
import { exposure, hang, uniformsOf, type Dial } from '../src/previs/rig'
import { readStage, type MoodTable, type RigTables, type Spec, type Stage } from '../src/previs/stage'

const spec = (over: Partial<Spec> = {}): Spec => ({ position: 'front_left', role: 'key', elevation: 'eye', intensity: 50, kelvin: 1000, softness: 'soft', gel: null, ...over })
const rig: RigTables = {
  centre: [0, 1.4, 0], spread: 0.3, view: 0,
  azimuth: { front: 0, front_right: 45, right: 90, back: 180, front_left: 315 }, elevation: { eye: 0 }, softness: { soft: 1, hard: 0.1 },
  gain: { key: 1, fill: 1, rim: 2, background: 1 }, round: [1, 1, 1, 1, 1, 1, 1, 1], shadowed: ['key', 'rim'],
  kelvin: { low: 1000, step: 1000, rgb: [[2, 1, 0], [1, 1, 1]] },
  lights: [spec()], fill_stops: 2, mood: 'natural', limits: { lights: 4, shadows: 1, gloss: 1, shafts: true },
}
const window = { position: [0, 3, -4], aim: [0, 0, 0], radiance: [1, 1, 1], cone: 30, soft: 0, falloff: 0, set_share: 1, shadow: true, shell: true, volume: 1, everywhere: false, practical: false } as const
const desk = { ...window, shadow: false, shell: false, volume: 0, everywhere: true, practical: true }
const mood = { key_gain: 1, set_share: 0.5, stops: 0, ambient: 0.3, lamps: [window, desk] } as unknown as MoodTable
const dial = (lights: Spec[], stops = 2): Dial => ({ lights, stops, mood: 'natural' })
const radiance = (lamps: ReturnType<typeof hang>, share: number) => lamps.find((lamp) => lamp.set_share === share)?.radiance

describe('the hung rig', () => {
  it('gives a key its fill, in the ratio asked for, on the other side', () => {
    const lamps = hang(rig, mood, dial([spec()]))
    const [key, fill] = lamps.filter((lamp) => lamp.set_share === 0.5)
    expect(lamps.length).toBe(4)
    expect(Math.sign(key!.position[0])).toBe(-Math.sign(fill!.position[0]))
    expect(fill!.radiance).toEqual([0.25, 0.25, 0.25])
  })
  it('mixes colours between two entries of the table and stops at its end', () => {
    const red = (kelvin: number) => radiance(hang(rig, mood, dial([spec({ kelvin, role: 'rim', intensity: 25 })])), 0.35)![0]
    expect([red(1000), red(1500), red(9000)]).toEqual([2, 1.5, 1])
  })
  it('leaves a light of level 0 out and lets practicals follow their light', () => {
    const lamps = hang(rig, mood, dial([spec({ intensity: 0, role: 'rim' }), spec({ role: 'practical', intensity: 100 })]))
    expect(lamps.map((lamp) => lamp.radiance[0])).toEqual([1, 2])
  })
  it('passes only the colour of a gel', () => {
    const [r, g, b] = radiance(hang(rig, mood, dial([spec({ role: 'rim', gel: '#ff0000' })])), 0.35)!
    expect(r).toBeGreaterThan(2)
    expect([g, b]).toEqual([0, 0])
  })
  it('puts lamps that show in the air first and keeps to the number of shadows and lamps', () => {
    const made = uniformsOf(rig, hang(rig, mood, dial([spec(), spec({ role: 'rim' }), spec({ role: 'rim', position: 'back' })])))
    expect(made.counts).toEqual({ LIGHTS: 4, GLOSS: 2, SHADOWS: 1, VOLUMES: 1 })
    expect(made.views[0]!.shell).toBe(true)
    expect([...made.uniforms.uLightPos!.slice(0, 3)]).toEqual([0, 3, -4])
  })
  it('meters half of a brighter key away', () => {
    const at = (intensity: number) => exposure(rig, mood, dial([spec({ intensity })]))
    expect(at(50) / at(100)).toBeGreaterThan(1.2)
    expect(at(50) / at(100)).toBeLessThan(2)
  })
})

describe('matrices', () => {
  it('see what they look at in the middle, between near and far', () => {
    const m = columns(product(perspective(60, 1, 20), lookAt([0, 0, 5], [0, 0, 0])))
    expect(m[12]).toBeCloseTo(0)
    expect(m[13]).toBeCloseTo(0)
    expect(Math.abs(m[14]! / m[15]!)).toBeLessThan(1)
    expect(m[15]).toBeCloseTo(5)
  })
})

describe('the canvas', () => {
  const stage = { width: 1280, height: 720 }
  it('follows its box and the screen, up to the packet', () => {
    expect(frameSize(stage, 320, 1)).toEqual({ width: 320, height: 180 })
    expect(frameSize(stage, 320, 3)).toEqual({ width: 640, height: 360 })
    expect(frameSize(stage, 2000, 1)).toEqual({ width: 1280, height: 720 })
    expect(frameSize(stage, 0, 1).width).toBe(64)
  })
})

describe('the dial of a form', () => {
  const stage = { rig, moods: { natural: mood, neon: mood } } as unknown as Stage
  it('reads what stands in the fields', () => expect(dialOf('[]', '8', 'neon', stage)).toEqual({ lights: [], stops: 3, mood: 'neon' }))
  it('keeps the stage’s own where a field says nothing', () => expect(dialOf('', '', 'sad', stage)).toEqual({ lights: rig.lights, stops: 2, mood: 'natural' }))
  it('does not follow a ratio below one', () => expect(dialOf('', '0.5', '', stage).stops).toBe(2))
})

describe('a stage', () => {
  const packed = (header: object, magic = 'SLSTAGE1') => {
    const text = JSON.stringify(header), long = Math.ceil(text.length / 8) * 8
    const data = new Uint8Array(16 + long + 8)
    data.set(new TextEncoder().encode(magic))
    new DataView(data.buffer).setUint32(8, long, true)
    data.set(new TextEncoder().encode(text.padEnd(long)), 16)
    data.set([7, 8], 16 + long)
    return data.buffer
  }
  it('hands out its buffers', () => expect([...readStage(packed({ version: 1, buffers: [[0, 2]] })).buffers[0]!]).toEqual([7, 8]))
  it('refuses another file and another version', () => {
    expect(() => readStage(packed({ version: 1, buffers: [] }, 'NOTSTAGE'))).toThrow('not a stage')
    expect(() => readStage(packed({ version: 2, buffers: [] }))).toThrow('version 2')
    expect(() => readStage(new ArrayBuffer(3))).toThrow('not a stage')
  })
})
