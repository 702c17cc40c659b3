// What both builds share: the aliases, the ways to the APIs while developing, no inlined files (the page's policy).
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import type { UserConfig } from 'vite'

const apis = process.env['GRIDCALL_API'] ?? 'http://localhost:8000'

export function shared(assetsDir: string): UserConfig {
  return {
    plugins: [vue({ template: { transformAssetUrls: false } })],
    publicDir: false,
    resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
    server: { proxy: { '/api': apis, '/icon.svg': apis } },
    build: { assetsDir, assetsInlineLimit: 0, emptyOutDir: false, reportCompressedSize: false },
  }
}
