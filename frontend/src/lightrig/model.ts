// The light rig as data: lights on eight positions round the subject, the camera at front.

export type Light = { position: string; role: string; elevation: string; intensity: number; kelvin: number; softness: string; gel: string }
export type Term = [value: string, label: string]
export type Rig = { lights: Light[]; fill_ratio: number; terms: Record<string, Term[]> }

export const POSITIONS = ['front', 'front_right', 'right', 'back_right', 'back', 'back_left', 'left', 'front_left']
export const MAX_LIGHTS = 12

/** Where a position lies on a dial of radius 1: the camera below, clockwise seen from above. */
export function place(position: string): { x: number; y: number } {
  const angle = (POSITIONS.indexOf(position) * Math.PI) / 4
  return { x: round(Math.sin(angle)), y: round(Math.cos(angle)) }
}

/** The position nearest to a point of the dial (y grows downwards, towards the camera). */
export function nearest(x: number, y: number): string {
  const step = Math.round(Math.atan2(x, y) / (Math.PI / 4))
  return POSITIONS[((step % 8) + 8) % 8] ?? 'front'
}

/** The light moved by `steps` of 45 degrees. */
export function turned(light: Light, steps: number): Light {
  const at = POSITIONS.indexOf(light.position)
  return { ...light, position: POSITIONS[(at + steps + 8) % 8] ?? light.position }
}

/** The light with its level changed, kept between 0 and 100. */
export function levelled(light: Light, by: number): Light {
  return { ...light, intensity: Math.max(0, Math.min(100, light.intensity + by)) }
}

/** A screen colour for a colour temperature, warm to cold; for the dial only. */
export function warmth(kelvin: number): string {
  const t = Math.max(0, Math.min(1, (kelvin - 1900) / 7100))
  const mix = (from: number, to: number) => Math.round(from + (to - from) * t)
  return `rgb(${mix(255, 150)} ${mix(160, 190)} ${mix(80, 255)})`
}

/** Key to fill from the levels of the lights with these roles; null when one is missing. */
export function ratio(lights: Light[]): number | null {
  const sum = (role: string) => lights.filter((light) => light.role === role).reduce((total, light) => total + light.intensity, 0)
  const [key, fill] = [sum('key'), sum('fill')]
  return key > 0 && fill > 0 ? key / fill : null
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
