// The stage of the live rig as the server packs it (craft/previs/live_format.py): a JSON header and raw buffers.

export type Triple = [number, number, number]
export type Value = number | number[] | { buffer: number }
export type Draw = {
  program: number; target: number; values: Record<string, Value>; textures: Record<string, number>
  vertices?: number; indices?: number; first: number; count: number; culled: boolean; shafts?: boolean
}
export type ProgramData = { vertex: string; fragment: string; defines: Record<string, number> }
export type TextureData = { format: 'rgba8' | 'rgb8' | 'rgba16f' | 'rgba32f' | 'depth'; linear: boolean; compare: boolean; shift?: number; size?: [number, number] }
export type LampData = {
  position: Triple; aim: Triple; radiance: Triple; cone: number; soft: number; falloff: number; set_share: number
  shadow: boolean; shell: boolean; volume: number; everywhere: boolean
}
export type Spec = { position: string; role: string; elevation: string; intensity: number; kelvin: number; softness: string; gel?: string | null }
export type MoodTable = { key_gain: number; set_share: number; stops: number; ambient: number; lamps: (LampData & { practical: boolean })[] }
export type RigTables = {
  centre: Triple; spread: number; view: number
  azimuth: Record<string, number>; elevation: Record<string, number>; softness: Record<string, number>
  gain: Record<string, number>; round: number[]; shadowed: string[]
  kelvin: { low: number; step: number; rgb: Triple[] }
  lights: Spec[]; fill_stops: number; mood: string
  limits: { lights: number; shadows: number; gloss: number; shafts: boolean }
}
export type Stage = {
  width: number; height: number; header: string
  shaders: Record<string, string>; programs: ProgramData[]; textures: TextureData[]
  targets: { colours: number[]; depth: number | null }[]
  shadows: { atlas: number; tile: number; offset: [number, number] }
  casters: { open: Draw[]; shell: Draw[] }
  geometry: Draw[]
  passes: Record<string, Draw[]>
  moods: Record<string, MoodTable>
  rig: RigTables
  buffers: Uint8Array[]
}

const MAGIC = 'SLSTAGE1'
const VERSION = 1

/** Reads a container. Throws when it is none, or one of another version. */
export function readStage(data: ArrayBuffer): Stage {
  const head = new Uint8Array(data, 0, Math.min(16, data.byteLength))
  if (head.length < 16 || String.fromCharCode(...head.subarray(0, 8)) !== MAGIC) throw new Error('not a stage')
  const size = new DataView(data).getUint32(8, true)
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 16, size)))
  if (header.version !== VERSION) throw new Error(`a stage of version ${header.version}`)
  const buffers = header.buffers.map(([start, length]: [number, number]) => new Uint8Array(data, 16 + size + start, length))
  return { ...header, buffers }
}
