/** Builds every public package: JavaScript with the one tsup configuration, declarations of all packages in one program. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { compilerOptions, inParallel, main, mustRun, publicPackages, root, type Workspace } from './workspace.js';

await main(async () => {
  const packages = publicPackages();
  await inParallel(packages, ({ path }) => mustRun('tsup', ['--config', join(root, 'tsup.config.ts')], { cwd: path }));
  writeDeclarations(packages);
  const problems = packages.flatMap(checkTargets);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return `${packages.length} packages`;
});

/** Writes `dist/x.d.ts` for every `src/x.ts` that an entry leads to. */
function writeDeclarations(packages: Workspace[]): void {
  const entries = packages.flatMap((one) => one.entries.map(({ source }) => source));
  const options = { ...compilerOptions(), noEmit: false, declaration: true, emitDeclarationOnly: true };
  const program = ts.createProgram(entries, options);
  const { diagnostics } = program.emit(undefined, (file, text) => {
    const [, folder, inside] = /^packages\/([^/]+)\/src\/(.*)$/.exec(relative(root, file).replaceAll('\\', '/')) ?? [];
    if (folder === undefined || inside === undefined) return;
    const target = join(root, 'packages', folder, 'dist', inside);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  });
  const errors = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  if (errors.length > 0) throw new Error(errors.join('\n'));
}

/** Everything that package.json points to must be there, and a command must be one. */
function checkTargets({ folder, path, manifest }: Workspace): string[] {
  const commands = Object.values(manifest.bin ?? {});
  const targets = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  return [...targets, ...commands].flatMap((file) => {
    const there = resolve(path, file);
    if (!existsSync(there)) return [`packages/${folder}: the build made no ${file}`];
    const isCommand = !commands.includes(file) || readFileSync(there, 'utf8').startsWith('#!/usr/bin/env node\n');
    return isCommand ? [] : [`packages/${folder}: ${file} must begin with #!/usr/bin/env node`];
  });
}
