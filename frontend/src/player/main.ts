// The player: the browser's own video with a timecode and an editor's keys (J K L, arrows, Home, End).
import { frameAt, parseRate, seekTime, timecode, type Rate } from './timecode'

const SPEEDS = [1, 2, 4, 8]

function install(root: HTMLElement): void {
  const video = root.querySelector('video')
  if (!video) return
  const rate = parseRate(root.dataset.fps ?? '24')
  const frames = Number(root.dataset.frames ?? '0')
  const readout = document.createElement('output')
  readout.className = 'timecode'
  readout.setAttribute('aria-label', 'Timecode')
  root.append(readout)
  root.tabIndex = 0
  root.setAttribute('role', 'group')
  root.setAttribute('aria-label', 'Player: space plays, J K L run, arrows step a frame')
  const show = () => { readout.textContent = `${timecode(Math.min(frameAt(video.currentTime, rate), Math.max(0, frames - 1)), rate)} / ${timecode(frames, rate)}` }
  for (const name of ['timeupdate', 'seeked', 'loadedmetadata'] as const) video.addEventListener(name, show)
  root.addEventListener('keydown', (event) => key(event, video, rate, frames))
  show()
}

function key(event: KeyboardEvent, video: HTMLVideoElement, rate: Rate, frames: number): void {
  const second = Math.round(rate.num / rate.den)
  const actions: Record<string, () => void> = {
    ' ': () => void (video.paused ? video.play() : video.pause()),
    k: () => { video.pause(); video.playbackRate = 1 },
    l: () => faster(video),
    j: () => step(video, rate, frames, -second),
    ArrowRight: () => step(video, rate, frames, event.shiftKey ? second : 1),
    ArrowLeft: () => step(video, rate, frames, event.shiftKey ? -second : -1),
    Home: () => seek(video, rate, 0),
    End: () => seek(video, rate, frames - 1),
  }
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key]
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  action()
}

function faster(video: HTMLVideoElement): void {
  const now = video.paused ? -1 : SPEEDS.indexOf(video.playbackRate)
  video.playbackRate = SPEEDS[Math.min(now + 1, SPEEDS.length - 1)] ?? 1
  void video.play()
}

function step(video: HTMLVideoElement, rate: Rate, frames: number, by: number): void {
  video.pause()
  seek(video, rate, Math.max(0, Math.min(frames - 1, frameAt(video.currentTime, rate) + by)))
}

function seek(video: HTMLVideoElement, rate: Rate, frame: number): void {
  video.currentTime = seekTime(frame, rate)
}

for (const root of document.querySelectorAll<HTMLElement>('[data-island="player"]')) install(root)
