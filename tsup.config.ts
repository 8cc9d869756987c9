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

/** JavaScript of one package, run in its folder by `npm run build`, which writes the declarations beside it. */
export default defineConfig({
  entry: entries(),
  format: ['esm'],
  target: 'es2022',
  platform: 'neutral',
  sourcemap: true,
  clean: true,
  splitting: true,
});
