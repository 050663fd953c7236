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

/** Whole frames a second, as timecode counts them. */
export function nominal(rate: Rate): number {
  return Math.round(rate.num / rate.den)
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
  const two = (n: number) => String(n).padStart(2, '0')
  const seconds = Math.floor(frame / nominal(rate))
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}:${two(frame % nominal(rate))}`
}

/**
 * The frame an editor means: `1:12:07` from the right (frames, seconds, minutes, hours), `+20` and `-5` frames from here,
 * `+2.` and `-2.` seconds from here. Null when it is none of these; the answer is kept inside the film.
 */
export function jump(text: string, here: number, rate: Rate, frames: number): number | null {
  const typed = text.trim()
  const relative = /^([+-])(\d+)(\.?)$/.exec(typed)
  const absolute = /^(?:(\d+):)?(?:(\d+):)?(?:(\d+):)?(\d+)$/.exec(typed)
  let frame: number
  if (relative) frame = here + (relative[1] === '-' ? -1 : 1) * Number(relative[2]) * (relative[3] ? nominal(rate) : 1)
  else if (absolute) {
    const [f = 0, s = 0, m = 0, h = 0] = typed.split(':').reverse().map(Number)
    frame = ((h * 60 + m) * 60 + s) * nominal(rate) + f
  } else return null
  return Math.max(0, Math.min(frames - 1, frame))
}
