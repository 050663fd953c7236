// Mounts the live picture of a scene; without WebGL 2 the section says so and the server's frame stands for it.
import { LiveView } from './live'

for (const root of document.querySelectorAll<HTMLElement>('[data-island="stage"]')) {
  void new LiveView(root, document.querySelector<HTMLFormElement>('#rig-form')).start()
}
