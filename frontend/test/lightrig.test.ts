import { describe, expect, it } from 'vitest'
import { levelled, nearest, place, POSITIONS, ratio, spread, stops, turned, type Light } from '../src/lightrig/model'

const light = (over: Partial<Light> = {}): Light => ({ position: 'front', role: 'key', elevation: 'eye', intensity: 80, kelvin: 5600, softness: 'soft', gel: '', ...over })

describe('the rig', () => {
  it('finds each position from its own place', () => {
    for (const position of POSITIONS) { const at = place(position); expect(nearest(at.x, at.y)).toBe(position) }
  })
  it('puts the camera side below and its right on the right', () => {
    expect(place('front')).toEqual({ x: 0, y: 1 })
    expect(place('right').x).toBe(1)
  })
  it('turns round the whole dial', () => {
    expect(turned(light(), -1).position).toBe('front_left')
    expect(turned(light({ position: 'front_left' }), 1).position).toBe('front')
  })
  it('keeps levels in range', () => { expect(levelled(light(), 50).intensity).toBe(100); expect(levelled(light({ intensity: 3 }), -5).intensity).toBe(0) })
  it('draws lights of one position side by side', () => {
    const [a, b] = spread([light(), light({ role: 'fill' })])
    expect(a!.x).toBeCloseTo(-b!.x)
    expect(a!.y).toBeCloseTo(b!.y)
    expect(Math.hypot(a!.x, a!.y)).toBeCloseTo(1)
    expect(Math.abs(a!.x - b!.x)).toBeGreaterThan(0.3)
  })
  it('counts stops', () => expect(stops(8)).toBe(3))
  it('takes key and fill by role, never by brightness', () => {
    expect(ratio([light({ intensity: 80 }), light({ role: 'fill', intensity: 20 }), light({ role: 'rim', intensity: 100 })])).toBe(4)
    expect(ratio([light()])).toBeNull()
  })
})
