import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { runbook } from './runbook-plugin.mjs';

/** Builds the page into dist/page: files with a digest in their name, and nothing that a strict Content-Security-Policy refuses. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [runbook()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: fileURLToPath(new URL('../dist/page', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  logLevel: 'warn',
});
