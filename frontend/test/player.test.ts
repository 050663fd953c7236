import { describe, expect, it } from 'vitest'
import { frameAt, parseRate, seekTime, timecode } from '../src/player/timecode'

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
