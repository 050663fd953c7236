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

/** Numbers that drop-frame timecode leaves out at the start of a minute: 2 at 29.97, 4 at 59.94, else 0. */
export function dropped(rate: Rate): number {
  return rate.den === 1001 && nominal(rate) % 30 === 0 ? nominal(rate) / 15 : 0
}

/** HH:MM:SS:FF; at 29.97 and 59.94 drop-frame, HH:MM:SS;FF, which leaves out numbers, never frames. */
export function timecode(frame: number, rate: Rate): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const each = dropped(rate)
  const minute = 60 * nominal(rate) - each
  const ten = 600 * nominal(rate) - 9 * each
  const rest = frame % ten
  const minutes = rest < minute + each ? 0 : Math.floor((rest - each) / minute)
  const counted = frame + each * (9 * Math.floor(frame / ten) + minutes)
  const seconds = Math.floor(counted / nominal(rate))
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${each ? ';' : ':'}${two(counted % nominal(rate))}`
}

/** The frame of a number of frames, seconds, minutes and hours; a number that is left out is the next one. */
function frameOf(parts: number[], rate: Rate): number {
  const [f = 0, s = 0, m = 0, h = 0] = parts
  const whole = 60 * h + m
  const each = dropped(rate)
  const counted = (60 * whole + s) * nominal(rate) + f - each * (whole - Math.floor(whole / 10))
  return s === 0 && f < each && m % 10 ? counted + each - f : counted
}

/**
 * The frame an editor means: `1:12:07` from the right (frames, seconds, minutes, hours), `+20` and `-5` frames from here,
 * `+2.` and `-2.` seconds from here. Null when it is none of these; the answer is kept inside the film.
 */
export function jump(text: string, here: number, rate: Rate, frames: number): number | null {
  const typed = text.trim()
  const relative = /^([+-])(\d+)(\.?)$/.exec(typed)
  const absolute = /^(?:(\d+):)?(?:(\d+):)?(?:(\d+)[:;])?(\d+)$/.exec(typed)
  let frame: number
  if (relative) frame = here + (relative[1] === '-' ? -1 : 1) * Number(relative[2]) * (relative[3] ? nominal(rate) : 1)
  else if (absolute) frame = frameOf(typed.split(/[:;]/).reverse().map(Number), rate)
  else return null
  return Math.max(0, Math.min(frames - 1, frame))
}
