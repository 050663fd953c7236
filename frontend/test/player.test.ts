import { describe, expect, it } from 'vitest'
import { frameAt, jump, parseRate, seekTime, timecode } from '../src/player/timecode'

describe('frames and timecode', () => {
  it('seeks to the middle of a frame and finds it again on every rate', () => {
    for (const text of ['24', '25', '30000/1001', '24000/1001']) {
      const rate = parseRate(text)
      for (const frame of [0, 1, 23, 24, 1271, 100_000]) expect(frameAt(seekTime(frame, rate), rate)).toBe(frame)
    }
  })
  it('prints hours, minutes, seconds and frames', () => expect(timecode(24 * 3661 + 5, parseRate('24'))).toBe('01:01:01:05'))
  it('refuses what is no rate', () => expect(() => parseRate('0/0')).toThrow('not a frame rate'))
})

describe('what an editor types', () => {
  const rate = parseRate('24')
  const typed = (text: string, here = 100) => jump(text, here, rate, 2000)
  it('reads a timecode from its right end', () => {
    expect(typed('7')).toBe(7)
    expect(typed('12:07')).toBe(12 * 24 + 7)
    expect(typed('1:12:07')).toBe((60 + 12) * 24 + 7)
  })
  it('moves by frames and by seconds', () => {
    expect(typed('+20')).toBe(120)
    expect(typed('-5')).toBe(95)
    expect(typed('+2.')).toBe(148)
  })
  it('stays inside the film', () => {
    expect(typed('-500')).toBe(0)
    expect(typed('1:00:00:00')).toBe(1999)
  })
  it('refuses other words', () => { for (const text of ['', 'soon', '1:', '+-3', '1.5']) expect(typed(text)).toBeNull() })
})
