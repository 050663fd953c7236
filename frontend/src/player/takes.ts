// Takes on a contact sheet: the picture stands still until its button is pressed; one plays at a time.
import { icon, setIcon } from '../shell/icon'

/** Turns every video of a contact sheet into a picture with a play button over it. */
export function installTakes(): void {
  const videos = [...document.querySelectorAll<HTMLVideoElement>('.sheet .thumb > video[controls]')]
  for (const video of videos) install(video, videos)
}

function install(video: HTMLVideoElement, all: HTMLVideoElement[]): void {
  const frame = video.parentElement
  if (!frame) return
  const name = video.getAttribute('aria-label') ?? 'the take'
  const button = document.createElement('button')
  const bar = document.createElement('progress')
  video.controls = false
  video.tabIndex = -1
  button.type = 'button'
  button.className = 'take-play'
  button.append(icon('play'))
  bar.className = 'take-bar'
  bar.setAttribute('aria-hidden', 'true')
  bar.value = 0
  const show = () => {
    frame.classList.toggle('playing', !video.paused)
    setIcon(button, video.paused ? 'play' : 'pause')
    button.setAttribute('aria-label', `${video.paused ? 'Play' : 'Pause'} ${name}`)
  }
  button.addEventListener('click', () => {
    for (const other of all) if (other !== video) other.pause()
    if (video.paused) void video.play()
    else video.pause()
  })
  for (const event of ['play', 'pause', 'ended']) video.addEventListener(event, show)
  video.addEventListener('timeupdate', () => { if (video.duration) bar.value = video.currentTime / video.duration })
  video.addEventListener('ended', () => { video.currentTime = 0 })
  frame.append(button, bar)
  show()
}
