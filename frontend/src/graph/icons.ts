// The address of an icon in the one sprite of the build.

/** `icon('plus')` for the href of a <use>. */
export function icon(name: string): string {
  return `${document.body.dataset.icons ?? ''}#${name}`
}
