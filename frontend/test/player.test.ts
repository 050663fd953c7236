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
  it('leaves out the numbers that drop-frame leaves out', () => {
    const broadcast = parseRate('30000/1001')
    expect([1799, 1800, 17_981, 17_982, 107_892].map((frame) => timecode(frame, broadcast))).toEqual([
      '00:00:59;29', '00:01:00;02', '00:09:59;29', '00:10:00;00', '01:00:00;00',
    ])
    expect(timecode(3600, parseRate('60000/1001'))).toBe('00:01:00;04')
    expect(timecode(86_400, parseRate('24000/1001'))).toBe('01:00:00:00')
    for (let frame = 0; frame < 40_000; frame += 7) expect(jump(timecode(frame, broadcast), 0, broadcast, 50_000)).toBe(frame)
    expect(jump('1:00:00', 0, broadcast, 50_000)).toBe(1800)
  })
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
