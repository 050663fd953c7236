// Frames and timecode on an exact rate such as "24" or "24000/1001".

export type Rate = { num: number; den: number }

/** "24" or "24000/1001". Throws for anything else. */
export function parseRate(text: string): Rate {
  const match = /^(\d+)(?:\/(\d+))?$/.exec(text.trim())
  const num = Number(match?.[1])
  const den = Number(match?.[2] ?? 1)
  if (!match || num <= 0 || den <= 0) throw new Error(`not a frame rate: ${text}`)
  return { num, den }
}

/** The middle of a frame in seconds: seeking there shows exactly this frame. */
export function seekTime(frame: number, rate: Rate): number {
  return ((frame + 0.5) * rate.den) / rate.num
}

/** The frame that is shown at this time. */
export function frameAt(seconds: number, rate: Rate): number {
  return Math.floor((seconds * rate.num) / rate.den + 1e-6)
}

/** Non-drop HH:MM:SS:FF in whole nominal frames. */
export function timecode(frame: number, rate: Rate): string {
  const nominal = Math.round(rate.num / rate.den)
  const two = (n: number) => String(n).padStart(2, '0')
  const seconds = Math.floor(frame / nominal)
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}:${two(frame % nominal)}`
}
