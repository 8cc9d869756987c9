/**
 * Bundles the browser page into `runs/metrics-only/`, to be served by any web server.
 *
 *   npx tsx examples/metrics-only/build-page.ts
 */
import { fileURLToPath } from 'node:url';
import { bundlePage } from '../bundlePage.js';

await bundlePage(import.meta.url, fileURLToPath(new URL('../../runs/metrics-only', import.meta.url)));
