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

/** Where each light is drawn: lights that share a position stand side by side on the ring. */
export function spread(lights: Light[]): { x: number; y: number }[] {
  return lights.map((light, index) => {
    const same = lights.flatMap((other, at) => (other.position === light.position ? [at] : []))
    const turn = (same.indexOf(index) - (same.length - 1) / 2) * (Math.PI / 9)
    const angle = (POSITIONS.indexOf(light.position) * Math.PI) / 4 + turn
    return { x: round(Math.sin(angle)), y: round(Math.cos(angle)) }
  })
}

/** A wedge of light from a place on the dial (radius 104) to beyond the subject; soft light is wide. */
export function beam(at: { x: number; y: number }, softness: string): string {
  const width = softness === 'hard' ? 18 : softness === 'medium' ? 32 : 48
  const [fx, fy] = [at.x * 104, at.y * 104]
  const [tx, ty] = [-at.x * 60, -at.y * 60]
  const point = (x: number, y: number) => `${round(x)} ${round(y)}`
  return `M${point(fx, fy)} L${point(tx - at.y * width, ty + at.x * width)} L${point(tx + at.y * width, ty - at.x * width)} Z`
}

/** A ratio in stops. */
export function stops(ratioOf: number): number {
  return Math.log2(ratioOf)
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
