// The light rig as craft/previs/rig.py hangs it. The formulas are written a second time here so that a light can be
// moved without asking the server; every number comes with the stage. test/rig.json holds what Python makes of many rigs.
import { columns, lookAt, minus, perspective, plus, product, radians, size, times, unit, type Matrix } from './matrix'
import type { LampData, MoodTable, RigTables, Spec, Triple } from './stage'

/** The dial and the fields beside it. */
export type Dial = { lights: Spec[]; stops: number; mood: string }

/** What the shaders get for a dial: counts for their defines, uniforms, and a view for each shadow tile. */
export type Lighting = {
  counts: { LIGHTS: number; GLOSS: number; SHADOWS: number; VOLUMES: number }
  uniforms: Record<string, Float32Array>
  views: { matrix: Float32Array; shell: boolean }[]
  exposure: number
}

const BIAS: Matrix = [0.5, 0, 0, 0.5, 0, 0.5, 0, 0.5, 0, 0, 1, 0, 0, 0, 0, 1]

export function lighting(rig: RigTables, moods: Record<string, MoodTable>, dial: Dial): Lighting {
  const mood = moods[dial.mood] ?? moods[rig.mood]
  if (!mood) throw new Error(`no mood ${dial.mood} in this stage`)
  return { ...uniformsOf(rig, hang(rig, mood, dial)), exposure: exposure(rig, mood, dial) }
}

/** All lamps, strongest use first: volumetric, shadowed, rest. */
export function hang(rig: RigTables, mood: MoodTable, dial: Dial): LampData[] {
  const key = Math.max(0, ...dial.lights.filter((light) => light.role === 'key').map((light) => intensity(rig, mood, light, 0, 0)))
  const practicals = dial.lights.filter((light) => light.role === 'practical')
  const boost = practicals.length ? Math.max(...practicals.map((light) => light.intensity)) / 50 : 1
  const lamps: LampData[] = mood.lamps.map((lamp) => (lamp.practical ? { ...lamp, radiance: times(gelled(lamp.radiance, practicals[0]?.gel), boost) } : lamp))
  for (const light of withFill(dial.lights)) {
    const k = intensity(rig, mood, light, key, dial.stops)
    lamps.push(placed(rig, mood, light, times(gelled(white(rig, light.kelvin), light.gel), k)))
  }
  const rank = (lamp: LampData) => (lamp.volume && lamp.shadow ? 0 : 2) + (lamp.shadow ? 0 : 1)
  return lamps.sort((a, b) => rank(a) - rank(b))
}

/** Camera exposure: half of a change of key is metered away. */
export function exposure(rig: RigTables, mood: MoodTable, dial: Dial): number {
  const key = (Math.max(0, ...dial.lights.filter((light) => light.role === 'key').map((light) => light.intensity)) / 50) * rig.gain.key!
  const total = key + key / 2 ** dial.stops + mood.ambient / 3
  const metered = Math.sqrt(2.05 / Math.max(total, 0.35))
  return 1.12 * Math.min(Math.max(metered, 0.55), 1.9) * 2 ** mood.stops
}

function intensity(rig: RigTables, mood: MoodTable, light: Spec, key: number, stops: number): number {
  if (light.role === 'fill' && key > 0) return key / 2 ** stops
  const gain = (rig.gain[light.role]! * light.intensity) / 50
  return light.role === 'key' ? gain * mood.key_gain * rig.round[rig.azimuth[light.position]! / 45]! : gain
}

/** The lamps on stands; a key without a fill gets one on its other side. */
function withFill(lights: Spec[]): Spec[] {
  const rigged = lights.filter((light) => light.role !== 'practical' && light.intensity > 0)
  const key = rigged.find((light) => light.role === 'key')
  if (!key || rigged.some((light) => light.role === 'fill')) return rigged
  const left = ['front_left', 'left', 'back_left'].includes(key.position)
  return [...rigged, { position: left ? 'front_right' : 'front_left', role: 'fill', elevation: 'eye', intensity: 50, kelvin: 6000, softness: 'soft' }]
}

function placed(rig: RigTables, mood: MoodTable, light: Spec, radiance: Triple): LampData {
  const reach = 3.3 + rig.spread
  const angle = radians(rig.view + rig.azimuth[light.position]!)
  const rise = radians(light.role === 'hair' ? 60 : rig.elevation[light.elevation]!)
  const position = plus(rig.centre, times([Math.sin(angle) * Math.cos(rise), Math.sin(rise), Math.cos(angle) * Math.cos(rise)], reach))
  position[1] = Math.max(0.12, position[1])
  const behind = light.role === 'background'
  const view = radians(rig.view)
  return {
    position, radiance,
    aim: behind ? minus(rig.centre, times([Math.sin(view), 0, Math.cos(view)], 2.4)) : rig.centre,
    cone: behind ? 38 : (Math.atan2(rig.spread + 0.95, reach) * 180) / Math.PI + 4,
    soft: rig.softness[light.softness]!, falloff: 0,
    set_share: behind ? 1.4 : mood.set_share * (light.role === 'key' || light.role === 'fill' ? 1 : 0.7),
    shadow: rig.shadowed.includes(light.role), shell: false, volume: 0, everywhere: false,
  }
}

/** A lamp's colour as the camera sees it, between two entries of the table. */
function white(rig: RigTables, kelvin: number): Triple {
  const { low, step, rgb } = rig.kelvin
  const at = Math.min(Math.max((kelvin - low) / step, 0), rgb.length - 1)
  const from = rgb[Math.floor(at)]!, to = rgb[Math.ceil(at)]!
  return plus(times(from, 1 - (at % 1)), times(to, at % 1))
}

/** Behind a gel: what it does not pass is lost, and half of the loss is made up by opening the lamp. */
function gelled(colour: Triple, gel: string | null | undefined): Triple {
  const digits = /^#([0-9a-f]{6})$/i.exec(gel ?? '')?.[1]
  if (!digits) return colour
  const [r, g, b] = [0, 2, 4].map((at) => linear(parseInt(digits.slice(at, at + 2), 16) / 255)) as Triple
  const opened = Math.max(0.2126 * r + 0.7152 * g + 0.0722 * b, 0.04) ** -0.5
  return [colour[0] * r * opened, colour[1] * g * opened, colour[2] * b * opened]
}

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const cosine = (degrees: number): number => Math.cos(radians(degrees))

/** The lamps as the shaders take them; the first ones own the shadow tiles. */
export function uniformsOf(rig: RigTables, hung: LampData[]): Omit<Lighting, 'exposure'> {
  const { limits } = rig
  const casting = hung.filter((lamp) => lamp.shadow).slice(0, limits.shadows)
  const lamps = [...casting, ...hung.filter((lamp) => !casting.includes(lamp))].slice(0, limits.lights)
  const views = casting.map(lampMatrix)
  const outer = (lamp: LampData) => (lamp.everywhere ? -1.01 : cosine(lamp.cone))
  const shape = (lamp: LampData) => [Math.max(lamp.everywhere ? -1 : cosine(lamp.cone * 0.55), outer(lamp) + 1e-3), lamp.soft, lamp.falloff, lamp.volume]
  const rows = (row: (lamp: LampData) => number[]) => Float32Array.from(lamps.flatMap(row))
  return {
    counts: {
      LIGHTS: lamps.length,
      GLOSS: Math.min(lamps.length, casting.length + limits.gloss),
      SHADOWS: casting.length,
      VOLUMES: limits.shafts ? casting.filter((lamp) => lamp.volume > 0).length : 0,
    },
    uniforms: {
      uLightPos: rows((lamp) => [...lamp.position, lamp.set_share]),
      uLightDir: rows((lamp) => [...unit(minus(lamp.aim, lamp.position)), outer(lamp)]),
      uLightColour: rows((lamp) => [...lamp.radiance, 0]),
      uLightShape: rows(shape),
      uLightMatrix: Float32Array.from(views.flatMap((view) => [...columns(product(BIAS, view))])),
      uLightSpread: Float32Array.from(casting, (lamp) => 1.2 / Math.tan(radians(lamp.cone + 1))),
    },
    views: views.map((view, at) => ({ matrix: columns(view), shell: casting[at]!.shell })),
  }
}

function lampMatrix(lamp: LampData): Matrix {
  const reach = size(minus(lamp.aim, lamp.position))
  return product(perspective(lamp.cone * 2 + 2, Math.max(0.25, reach - 5), reach + 7), lookAt(lamp.position, lamp.aim))
}
