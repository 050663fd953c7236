// The player: the browser's own video under an editor's transport. A frame counts as shown only when the browser
// reports a picture whose media time is that frame; seeks aim at the middle of a frame.
import { icon, setIcon } from '../shell/icon'
import { frameAt, jump, nominal, parseRate, seekTime, timecode, type Rate } from './timecode'

const SPEEDS = [1, 2, 4, 8]
// Backward play is repeated seeking; more often than this the decoder falls behind.
const BACK_STEPS = 12

/** One video with its transport; every action is a key and a button. */
export class Player {
  private readonly rate: Rate
  private readonly frames: number
  private back = 0
  private backSpeed = 0
  private readonly play: HTMLButtonElement
  private readonly sound: HTMLButtonElement
  private readonly field = document.createElement('input')
  private readonly scrub = document.createElement('input')
  private readonly speed = document.createElement('span')

  constructor(private readonly root: HTMLElement, private readonly video: HTMLVideoElement) {
    this.rate = parseRate(root.dataset.fps ?? '24')
    this.frames = Math.max(1, Number(root.dataset.frames ?? '1'))
    this.play = this.button('play', 'Play', () => this.toggle(), 'main')
    this.sound = this.button('volume-2', 'Mute', () => { video.muted = !video.muted })
    this.build()
    this.listen()
    this.show()
  }

  /** The frame on screen. */
  get frame(): number {
    return Math.min(this.frames - 1, frameAt(this.video.currentTime, this.rate))
  }

  /** Show exactly this frame. */
  seek(frame: number): void {
    this.video.currentTime = seekTime(Math.max(0, Math.min(this.frames - 1, frame)), this.rate)
  }

  /** Move by frames, standing still afterwards. */
  step(by: number): void {
    const from = this.frame
    this.stop()
    this.seek(from + by)
  }

  /** Stand still at normal speed. */
  stop(): void {
    window.clearInterval(this.back)
    this.backSpeed = 0
    this.video.pause()
    this.video.playbackRate = 1
    this.show()
  }

  /** Play or stand still. */
  toggle(): void {
    if (this.video.paused && !this.backSpeed) void this.video.play()
    else this.stop()
  }

  /** L: forward, each press twice as fast. */
  forward(): void {
    const now = this.video.paused ? -1 : SPEEDS.indexOf(this.video.playbackRate)
    this.stop()
    this.video.playbackRate = SPEEDS[Math.min(now + 1, SPEEDS.length - 1)] ?? 1
    void this.video.play()
  }

  /** J: backward, each press twice as fast, by repeated seeks. */
  backward(): void {
    const next = SPEEDS[Math.min(SPEEDS.indexOf(this.backSpeed) + 1, SPEEDS.length - 1)] ?? 1
    this.stop()
    this.backSpeed = next
    const frames = Math.max(1, Math.round((nominal(this.rate) * next) / BACK_STEPS))
    this.back = window.setInterval(() => { if (this.frame === 0) this.stop(); else this.seek(this.frame - frames) }, 1000 / BACK_STEPS)
    this.show()
  }

  private build(): void {
    const { video, root } = this
    video.controls = false
    root.classList.add('player')
    root.tabIndex = 0
    root.setAttribute('role', 'group')
    root.setAttribute('aria-label', `Player of ${video.getAttribute('aria-label') ?? 'the film'}: space plays, J K L run, arrows step`)
    Object.assign(this.scrub, { type: 'range', min: '0', max: String(this.frames - 1), step: '1', value: '0' })
    this.scrub.setAttribute('aria-label', 'Position')
    this.field.className = 'timecode'
    this.field.setAttribute('aria-label', 'Timecode: type 1:12:07, +20 or -2. and press Enter')
    const length = document.createElement('span')
    length.className = 'length'
    length.textContent = `/ ${timecode(this.frames, this.rate)}`
    this.speed.className = 'speed'
    const spring = document.createElement('span')
    spring.className = 'spring'
    const row = document.createElement('div')
    row.className = 'transport-row'
    row.append(
      this.button('skip-back', 'To the start', () => this.step(-this.frames)),
      this.button('step-back', 'One frame back', () => this.step(-1)),
      this.play,
      this.button('step-forward', 'One frame on', () => this.step(1)),
      this.button('skip-forward', 'To the end', () => this.step(this.frames)),
      this.field, length, this.speed, spring,
      ...(video.querySelector('track') ? [this.captions()] : []),
      this.sound,
      this.button('maximize', 'Full screen', () => void (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen())),
    )
    const transport = document.createElement('div')
    transport.className = 'transport'
    transport.append(this.scrub, row)
    root.append(transport)
  }

  private captions(): HTMLButtonElement {
    const track = this.video.textTracks[0]
    const button = this.button('captions', 'Captions', () => {
      if (!track) return
      track.mode = track.mode === 'showing' ? 'hidden' : 'showing'
      button.setAttribute('aria-pressed', String(track.mode === 'showing'))
    })
    button.setAttribute('aria-pressed', String(track?.mode === 'showing' || this.video.querySelector('track')?.default === true))
    return button
  }

  private button(name: string, label: string, act: () => void, extra = ''): HTMLButtonElement {
    const made = document.createElement('button')
    made.type = 'button'
    made.className = extra
    made.title = label
    made.setAttribute('aria-label', label)
    made.append(icon(name))
    made.addEventListener('click', act)
    return made
  }

  private listen(): void {
    const { video, field, scrub } = this
    for (const name of ['timeupdate', 'seeked', 'loadedmetadata', 'play', 'pause', 'ended', 'volumechange', 'ratechange']) video.addEventListener(name, () => this.show())
    video.addEventListener('click', () => this.toggle())
    scrub.addEventListener('input', () => { this.stop(); this.seek(Number(scrub.value)) })
    field.addEventListener('focus', () => { this.stop(); field.select() })
    field.addEventListener('blur', () => this.show())
    field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return
      event.preventDefault()
      const frame = jump(field.value, this.frame, this.rate, this.frames)
      if (frame !== null) this.seek(frame)
      this.root.focus()
    })
    this.root.addEventListener('keydown', (event) => this.key(event))
    this.follow()
  }

  /** While it plays, follow every picture the browser shows, not the coarse time events. */
  private follow(): void {
    this.video.requestVideoFrameCallback?.((_now, meta) => { this.show(frameAt(meta.mediaTime + 1e-4, this.rate)); this.follow() })
  }

  private show(frame = this.frame): void {
    const shown = Math.min(this.frames - 1, frame)
    const running = !this.video.paused || this.backSpeed > 0
    if (document.activeElement !== this.field) this.field.value = timecode(shown, this.rate)
    this.scrub.value = String(shown)
    this.scrub.setAttribute('aria-valuetext', timecode(shown, this.rate))
    setIcon(this.play, running ? 'pause' : 'play')
    this.play.setAttribute('aria-label', running ? 'Pause' : 'Play')
    setIcon(this.sound, this.video.muted ? 'volume-x' : 'volume-2')
    this.sound.setAttribute('aria-pressed', String(this.video.muted))
    this.speed.textContent = this.backSpeed ? `-${this.backSpeed}×` : running && this.video.playbackRate !== 1 ? `${this.video.playbackRate}×` : ''
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === this.field) return
    const second = nominal(this.rate)
    const onButton = event.target instanceof HTMLButtonElement
    const actions: Record<string, () => void> = {
      k: () => this.stop(), l: () => this.forward(), j: () => this.backward(),
      arrowright: () => this.step(event.shiftKey ? second : 1), arrowleft: () => this.step(event.shiftKey ? -second : -1),
      home: () => this.step(-this.frames), end: () => this.step(this.frames),
      ...(onButton ? {} : { ' ': () => this.toggle() }),
    }
    const action = actions[event.key.toLowerCase()]
    if (!action) return
    event.preventDefault()
    action()
  }
}
