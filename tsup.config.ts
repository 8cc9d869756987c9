import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

interface Manifest {
  exports: Record<string, string | Record<string, string>>;
}

/** Every source named in the package's `exports`, and the command where there is one. */
function entries(): string[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const sources = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target['@adlib/source']!],
  );
  return [...sources, './src/bin.ts'].filter((file) => existsSync(file)).map((file) => file.slice(2));
}

/** The one build of every package: run from the package's folder with `tsup --config ../../tsup.config.ts`. */
export default defineConfig({
  entry: entries(),
  format: ['esm'],
  target: 'es2022',
  platform: 'neutral',
  sourcemap: true,
  clean: true,
  splitting: true,
  // Types of other packages come from their source, so packages build in any order.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
});
