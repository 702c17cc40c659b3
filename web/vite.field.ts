// The field page: a bundle of its own for old phones (Chrome 61, iOS 11). One file: they cannot load a part later.
import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vite'
import { shared } from './vite.shared.ts'

const own = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig(
  mergeConfig(
    { resolve: { alias: { '@/ui/text_files': own('./src/pages/field/text_files.ts') } } },
    mergeConfig(shared('field-assets'), {
      publicDir: 'public-field',
      build: {
        target: ['es2017', 'chrome63', 'ios11.3'],
        cssTarget: ['chrome61', 'ios11'],
        modulePreload: false,
        rollupOptions: { input: 'field.html', output: { codeSplitting: false } },
      },
    }),
  ),
)
