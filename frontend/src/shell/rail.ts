// The rail folds to icons. The choice is kept in a cookie, so that the server draws the page right the first time.

const COOKIE = 'slate_rail'
const YEAR = 31_536_000

/** Makes the fold button work. */
export function installRail(): void {
  const button = document.querySelector<HTMLButtonElement>('#fold-rail')
  if (!button) return
  button.hidden = false
  button.addEventListener('click', () => {
    const root = document.documentElement
    const slim = root.dataset.rail !== 'slim'
    if (slim) root.dataset.rail = 'slim'
    else delete root.dataset.rail
    button.setAttribute('aria-pressed', String(slim))
    document.cookie = `${COOKIE}=${slim ? 'slim' : 'wide'}; path=/; max-age=${YEAR}; samesite=strict`
  })
}
