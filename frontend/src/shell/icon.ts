// Icons come from the one sprite of the build; its address stands on the body.

const SVG = 'http://www.w3.org/2000/svg'

/** An icon of the sprite, silent for screen readers: the button that holds it carries the name. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  const use = document.createElementNS(SVG, 'use')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  use.setAttribute('href', `${document.body.dataset.icons ?? ''}#${name}`)
  svg.append(use)
  return svg
}

/** Show another icon in a button that holds one. */
export function setIcon(button: Element, name: string): void {
  button.querySelector('use')?.setAttribute('href', `${document.body.dataset.icons ?? ''}#${name}`)
}
