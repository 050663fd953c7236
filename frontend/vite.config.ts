import { svelte } from '@sveltejs/vite-plugin-svelte'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const source = (file: string) => resolve(import.meta.dirname, 'src', file)

// The icons the navigation uses, as one sprite from lucide (ISC).
const ICONS = ['layout-dashboard', 'users', 'lamp', 'clapperboard', 'scissors', 'archive', 'film', 'send']
const sprite: Plugin = {
  name: 'icon-sprite',
  generateBundle() {
    const symbols = ICONS.map((name) => {
      const text = readFileSync(resolve(import.meta.dirname, 'node_modules/lucide-static/icons', `${name}.svg`), 'utf8')
      const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(text)?.[1] ?? ''
      return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s+/g, ' ')}</symbol>`
    })
    this.emitFile({ type: 'asset', fileName: 'icons.svg', source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>` })
  },
}

// Built into Django's static folder; django-vite reads the manifest. No data: URIs, so that the policy stays 'self'.
export default defineConfig({
  base: '/static/dist/',
  plugins: [svelte(), sprite],
  build: {
    manifest: true,
    outDir: resolve(import.meta.dirname, '..', 'static', 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { shell: source('shell/main.ts'), player: source('player/main.ts'), lightrig: source('lightrig/main.ts') } },
  },
})
