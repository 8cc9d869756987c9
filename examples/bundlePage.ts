/** Bundles an example's `page.ts` for browsers, with every package from its source, and copies its `index.html` beside it. */
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

/**
 * Bundles a page.
 *
 * @param example - address of a file in the example's folder: `import.meta.url`
 * @param outDir - where the page goes
 */
export async function bundlePage(example: string, outDir: string): Promise<void> {
  const here = (name: string): string => fileURLToPath(new URL(name, example));
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
}
