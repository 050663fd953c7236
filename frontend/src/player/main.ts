import { Player } from './player'
import { installTakes } from './takes'

for (const root of document.querySelectorAll<HTMLElement>('[data-island="player"]')) {
  const video = root.querySelector('video')
  if (video) new Player(root, video)
}
installTakes()
