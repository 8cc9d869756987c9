/**
 * Bundles the page into `runs/browser/`, or the folder given, to be served by any web server.
 *
 *   npx tsx examples/browser/build-page.ts [FOLDER]
 */
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundlePage } from '../bundlePage.js';

const outDir = process.argv[2] ?? fileURLToPath(new URL('../../runs/browser', import.meta.url));
await bundlePage(import.meta.url, outDir);
// ONNX Runtime looks for its WebAssembly beside the page's code.
for (const name of ['ort-wasm-simd-threaded.jsep.wasm', 'ort-wasm-simd-threaded.jsep.mjs'])
  copyFileSync(fileURLToPath(import.meta.resolve(`onnxruntime-web/${name}`)), `${outDir}/${name}`);
