import { svelte } from '@sveltejs/vite-plugin-svelte'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const source = (file: string) => resolve(import.meta.dirname, 'src', file)

// One sprite of the lucide icons (ISC) that are used: named in a template's icon tag, in the navigation or in a call of icon().
const root = resolve(import.meta.dirname, '..')
const NAMED = [/\{% icon ["']([a-z0-9-]+)["']/g, /(?:icon|setIcon|button)\((?:[^()'"]*, )?['"]([a-z0-9-]+)['"]/g, /\? '([a-z0-9-]+)' : '([a-z0-9-]+)'/g]
const NAVIGATION = ['layout-dashboard', 'users', 'lamp', 'clapperboard', 'scissors', 'archive', 'film', 'send']
const files = (folder: string, ending: RegExp) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => ending.test(name)).map((name) => resolve(folder, name))
const drawing = (name: string) => resolve(import.meta.dirname, 'node_modules/lucide-static/icons', `${name}.svg`)

function usedIcons(): string[] {
  const found = new Set(NAVIGATION)
  for (const file of [...files(resolve(root, 'templates'), /\.html$/), ...files(source('.'), /\.(ts|svelte)$/)]) {
    const text = readFileSync(file, 'utf8')
    for (const pattern of NAMED) for (const match of text.matchAll(pattern)) for (const name of match.slice(1)) if (name && existsSync(drawing(name))) found.add(name)
  }
  return [...found].sort()
}

const sprite: Plugin = {
  name: 'icon-sprite',
  generateBundle() {
    const symbols = usedIcons().map((name) => {
      const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(readFileSync(drawing(name), 'utf8'))?.[1] ?? ''
      return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s+/g, ' ').trim()}</symbol>`
    })
    this.emitFile({ type: 'asset', fileName: 'icons.svg', source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>` })
  },
}

// Svelte writes a wrapper with a style attribute where a component is given a CSS property (the canvas library does), which the
// policy forbids; the wrapper goes without it and graph.css says the same.
const wrappers: Plugin = {
  name: 'no-static-styles',
  enforce: 'post',
  renderChunk: (code) => ({ code: code.replaceAll('<svelte-css-wrapper style="display: contents">', '<svelte-css-wrapper>'), map: null }),
}

// Built into Django's static folder; django-vite reads the manifest. No data: URIs, so that the policy stays 'self'.
export default defineConfig({
  base: '/static/dist/',
  plugins: [svelte({ configFile: false }), sprite, wrappers],
  build: {
    manifest: true,
    outDir: resolve(import.meta.dirname, '..', 'static', 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { shell: source('shell/main.ts'), player: source('player/main.ts'), lightrig: source('lightrig/main.ts'), previs: source('previs/main.ts'), graph: source('graph/main.ts'), plangraph: source('graph/plan.ts') } },
  },
})
