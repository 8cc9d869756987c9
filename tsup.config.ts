import { existsSync } from 'node:fs';
import { defineConfig } from 'tsup';

/** The one build of every package: run from the package's folder with `tsup --config ../../tsup.config.ts`. */
export default defineConfig({
  entry: ['src/index.ts', 'src/node.ts', 'src/bin.ts'].filter((file) => existsSync(file)),
  format: ['esm'],
  target: 'es2022',
  platform: 'neutral',
  sourcemap: true,
  clean: true,
  splitting: true,
  treeshake: true,
  dts: { compilerOptions: { ignoreDeprecations: '6.0', customConditions: [], composite: false } },
});
