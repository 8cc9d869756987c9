/**
 * Bundles the browser page into `runs/metrics-only/`, to be served by any web server.
 *
 *   npx tsx examples/metrics-only/build-page.ts
 */
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const outDir = here('../../runs/metrics-only');
await build({
  config: false,
  entry: [here('page.ts')],
  outDir,
  format: ['esm'],
  outExtension: () => ({ js: '.js' }),
  platform: 'browser',
  target: 'es2022',
  noExternal: [/.*/],
  esbuildOptions: (options) => {
    options.conditions = ['@adlib/source'];
  },
  silent: true,
});
copyFileSync(here('index.html'), `${outDir}/index.html`);
