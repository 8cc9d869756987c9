/** Builds every public package with the one tsup configuration, as many at a time as there are cores. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inParallel, main, mustRun, publicPackages, root } from './workspace.js';

await main(async () => {
  const packages = publicPackages();
  await inParallel(packages, ({ path }) => mustRun('tsup', ['--config', join(root, 'tsup.config.ts')], { cwd: path }));
  const missing = packages.flatMap(({ folder, path, manifest }) => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    return [...targets, ...Object.values(manifest.bin ?? {})]
      .filter((file) => !existsSync(resolve(path, file)))
      .map((file) => `packages/${folder}: the build made no ${file}`);
  });
  if (missing.length > 0) throw new Error(missing.join('\n'));
  for (const { folder, path, manifest } of packages) {
    for (const file of Object.values(manifest.bin ?? {})) {
      if (!readFileSync(resolve(path, file), 'utf8').startsWith('#!/usr/bin/env node\n')) {
        throw new Error(`packages/${folder}: ${file} must begin with #!/usr/bin/env node`);
      }
    }
  }
  return `${packages.length} packages`;
});
