// The field page: a bundle of its own for old phones (Chrome 61, iOS 11).
import { defineConfig, mergeConfig } from 'vite'
import { shared } from './vite.shared.ts'

export default defineConfig(
  mergeConfig(shared('field-assets'), {
    publicDir: 'public-field',
    build: {
      target: ['es2017', 'chrome63', 'ios11.3'],
      cssTarget: ['chrome61', 'ios11'],
      modulePreload: false,
      rollupOptions: { input: 'field.html' },
    },
  }),
)
