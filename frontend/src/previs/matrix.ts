// The few products a lamp needs; the same formulas as craft/previs/spatial.py, row-major, in double precision.
import type { Triple } from './stage'

export type Matrix = number[]

export const minus = (a: Triple, b: Triple): Triple => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
export const plus = (a: Triple, b: Triple): Triple => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
export const times = (a: Triple, k: number): Triple => [a[0] * k, a[1] * k, a[2] * k]
export const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
export const cross = (a: Triple, b: Triple): Triple => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
export const size = (a: Triple): number => Math.sqrt(dot(a, a))
export const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Scaled to length one; a null vector comes back unchanged. */
export function unit(a: Triple): Triple {
  const long = size(a)
  return long > 1e-12 ? times(a, 1 / long) : a
}

export function product(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 16 }, (_, at) => {
    const row = at & ~3, column = at & 3
    return a[row]! * b[column]! + a[row + 1]! * b[4 + column]! + a[row + 2]! * b[8 + column]! + a[row + 3]! * b[12 + column]!
  })
}

/** OpenGL perspective projection, square; the field of view in degrees. */
export function perspective(fov: number, near: number, far: number): Matrix {
  const t = 1 / Math.tan(radians(fov) / 2)
  return [t, 0, 0, 0, 0, t, 0, 0, 0, 0, (far + near) / (near - far), (2 * far * near) / (near - far), 0, 0, -1, 0]
}

/** World to camera. */
export function lookAt(eye: Triple, target: Triple): Matrix {
  const forward = unit(minus(target, eye))
  const right = unit(cross(forward, Math.abs(forward[1]) < 0.99999 ? [0, 1, 0] : [0, 0, -1]))
  const up = cross(right, forward)
  return [...right, -dot(right, eye), ...up, -dot(up, eye), ...times(forward, -1), dot(forward, eye), 0, 0, 0, 1]
}

/** As a uniform wants it: columns first, single precision. */
export function columns(m: Matrix): Float32Array {
  return Float32Array.from(m, (_, at) => m[(at & 3) * 4 + (at >> 2)]!)
}
