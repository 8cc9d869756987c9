/**
 * Installs the packed packages in a fresh folder, as a user would, and uses them there: the types of every example are
 * checked against the installed declarations, every example runs on each supported Node, and so does the command.
 * The packages must be built. `ADLIB_SMOKE_KEEP=1` keeps the folder and says where it is.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { packAll, type Packed } from './pack.js';
import { useCommand } from './smoke/command.js';
import { installNode } from './smoke/node.js';
import { executeAll } from './snippets/execute.js';
import { extractSnippets, type Snippet } from './snippets/extract.js';
import { main, mustRun, root, run } from './workspace.js';

/** What a user of all packages installs beside them; the versions are those of this repository. */
const peers = ['@tensorflow/tfjs', 'onnxruntime-node', 'onnxruntime-web', 'sharp', 'typescript', '@types/node'];

await main(async () => {
  const packed = await packAll();
  const folder = await mkdtemp(join(tmpdir(), 'adlib-smoke-'));
  try {
    await install(folder, packed);
    const snippets = (await extractSnippets()).filter(({ code }) => !code.includes('@adlib/testing'));
    const files = writeProject(folder, packed, snippets);
    await checkTypes(folder, snippets);
    const used: string[] = [];
    for (const { node, version } of await nodes(folder)) {
      const results = await executeAll(files, {
        runner: join(folder, 'use', 'runner.js'),
        node,
        nodeOptions: [],
        limitMs: 60_000,
      });
      const places = ['every entry', ...snippets.map(({ file, line }) => `${file}:${line}`)];
      const problems = results.flatMap((failure, at) =>
        failure === undefined ? [] : [`${places[at]!}: ${failure.trim()}`],
      );
      if (problems.length > 0) throw new Error(`installed packages on Node ${version}:\n${problems.join('\n')}`);
      await useCommand(folder, node);
      used.push(version);
    }
    return `${packed.length} packages, ${snippets.length} examples and the command on Node ${used.join(', ')}`;
  } finally {
    if (process.env['ADLIB_SMOKE_KEEP'] === '1') console.log(folder);
    else rmSync(folder, { recursive: true, force: true });
  }
});

async function install(folder: string, packed: Packed[]): Promise<void> {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  const dependencies = Object.fromEntries([
    ...packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]),
    ...peers.map((name) => [name, lock.packages[`node_modules/${name}`]!.version]),
  ]) as Record<string, string>;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
  await mustRun(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
    {
      cwd: folder,
    },
  );
}

/** Writes the examples and a file that imports every entry, as TypeScript and as what Node runs. */
function writeProject(folder: string, packed: Packed[], snippets: Snippet[]): string[] {
  for (const name of ['src', 'use']) mkdirSync(join(folder, name));
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
    module: 'nodenext',
    moduleDetection: 'force',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  const compile = (name: string, code: string): string => {
    const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    const file = join(folder, 'use', `${name}.js`);
    writeFileSync(file, ts.transpileModule(code, { compilerOptions: options }).outputText);
    return file;
  };
  compile('runner', readFileSync(join(root, 'tools', 'snippets', 'runner.ts'), 'utf8'));
  const entries = packed.flatMap((one) => one.entries.map(({ specifier }) => specifier));
  const everyEntry = entries
    .map(
      (specifier) =>
        `if (Object.keys(await import('${specifier}')).length === 0) throw new Error('${specifier} is empty');`,
    )
    .join('\n');
  return [everyEntry, ...snippets.map(({ code }) => code)].map((code, at) => {
    const name = String(at).padStart(4, '0');
    writeFileSync(join(folder, 'src', `${name}.ts`), code);
    return compile(name, code);
  });
}

/** Checks the examples against the installed declarations; errors name the place that an example stands in. */
async function checkTypes(folder: string, snippets: Snippet[]): Promise<void> {
  const { code, output } = await run('tsc', ['-p', folder, '--pretty', 'false'], { cwd: folder });
  if (code === 0) return;
  const named = output.replaceAll(/^src\/(\d+)\.ts\((\d+),\d+\)/gm, (_, at: string, row: string) => {
    const snippet = snippets[Number(at) - 1];
    return snippet === undefined ? 'import of every entry' : `${snippet.file}:${snippet.line + Number(row) - 1}`;
  });
  throw new Error(`types of the installed packages:\n${named}`);
}

async function nodes(folder: string): Promise<{ node: string; version: string }[]> {
  const other = await installNode(join(folder, 'nodes'));
  return [{ node: process.execPath, version: process.versions.node }, ...other];
}
