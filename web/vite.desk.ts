// The office pages: desk, unit, follow-up, supervisor, administration. One app, a chunk for each page.
import { defineConfig, mergeConfig } from 'vite'
import { shared } from './vite.shared.ts'

export default defineConfig(
  mergeConfig(shared('assets'), {
    build: {
      target: ['chrome90', 'safari15', 'firefox90'],
      rollupOptions: { input: 'desk.html' },
    },
  }),
)
