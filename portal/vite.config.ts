import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

const platform = process.env.THALWEG_URL ?? 'http://127.0.0.1:8000'
const served = ['/api', '/auth', '/events', '/workspaces', '/health']

export default defineConfig({
  base: './',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: '../src/thalweg/portal/built',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1300,
  },
  server: { proxy: Object.fromEntries(served.map(path => [path, platform])) },
})
