/**
 * Bundles the page into `runs/browser/`, or the folder given, to be served by any web server.
 *
 *   npx tsx examples/browser/build-page.ts [FOLDER]
 */
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const outDir = process.argv[2] ?? here('../../runs/browser');
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
// ONNX Runtime looks for its WebAssembly beside the page's code.
for (const name of ['ort-wasm-simd-threaded.jsep.wasm', 'ort-wasm-simd-threaded.jsep.mjs'])
  copyFileSync(fileURLToPath(import.meta.resolve(`onnxruntime-web/${name}`)), `${outDir}/${name}`);
