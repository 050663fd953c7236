// Where one can go from this page: every link of the frame and of the page's head, by name.

export type Command = { label: string; hint: string; run: () => void }

const SOURCES: readonly [selector: string, hint: string][] = [
  ['.rail a[href]', 'surface'],
  ['#switcher a[href]', 'project'],
  ['#me a[href]', ''],
  ['.tabs a[href]', 'this episode'],
  ['.page-head .actions a[href]', 'this page'],
  ['main :is(.card-link, tbody th a)[href]', 'on this page'],
]

/** Every place once, in the order of the frame. */
export function places(): Command[] {
  const seen = new Map<string, Command>()
  for (const [selector, hint] of SOURCES) {
    for (const link of document.querySelectorAll<HTMLAnchorElement>(selector)) {
      const label = (link.querySelector('.card-title') ?? link).textContent?.replace(/\s+/g, ' ').trim() ?? ''
      if (label && !seen.has(link.href)) seen.set(link.href, { label, hint, run: () => location.assign(link.href) })
    }
  }
  return [...seen.values()]
}

/** The commands whose label has all the words, best first: at its start, at a word's start, anywhere. */
export function matching<T extends { label: string }>(commands: T[], words: string): T[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  const rank = (label: string) => {
    const text = label.toLowerCase()
    if (!wanted.every((word) => text.includes(word))) return -1
    const first = wanted[0] ?? ''
    return text.startsWith(first) ? 0 : text.includes(` ${first}`) ? 1 : 2
  }
  return commands
    .map((command, index) => ({ command, index, rank: rank(command.label) }))
    .filter((row) => row.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map((row) => row.command)
}
