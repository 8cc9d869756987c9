import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import ts from 'typescript';

/** The repository's root folder. */
export const root = resolve(import.meta.dirname, '..');

/** Where the tools keep what they make between steps (packed packages, caches). */
export const cache = join(root, 'node_modules', '.cache', 'adlib');
mkdirSync(cache, { recursive: true });

/** The parts of a package.json that the tools read. */
export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  exports: Record<string, string | Record<string, string>>;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** One way into a package: what `import` names, and the file of source behind it. */
export interface Entry {
  /** For example `@adlib/core/node`. */
  specifier: string;
  /** Absolute path of the source, for example `.../packages/core/src/node.ts`. */
  source: string;
}

/** A package of this repository. */
export interface Workspace {
  /** Folder under `packages/`. */
  folder: string;
  /** Absolute path of it. */
  path: string;
  manifest: Manifest;
  entries: Entry[];
}

/** Every package, in alphabetical order of the folders. */
export function listPackages(): Workspace[] {
  return readdirSync(join(root, 'packages'))
    .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
    .map((folder) => {
      const path = join(root, 'packages', folder);
      const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
      return { folder, path, manifest, entries: entriesOf(path, manifest) };
    });
}

/** The packages that are published. */
export function publicPackages(): Workspace[] {
  return listPackages().filter(({ manifest }) => manifest.private !== true);
}

function entriesOf(path: string, manifest: Manifest): Entry[] {
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    const source = typeof target === 'string' ? undefined : target['@adlib/source'];
    if (source === undefined) return [];
    return [{ specifier: manifest.name + subpath.slice(1), source: resolve(path, source) }];
  });
}

/** The compiler options of the repository. */
export function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: unknown;
  };
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}

/** What a command did. */
export interface Outcome {
  code: number;
  /** Standard output and error, in the order they came. */
  output: string;
}

/** Options of {@link run}. */
export interface RunOptions {
  /** Folder to run in; the root by default. */
  cwd?: string;
  /** Leave standard error out of what is returned when the command succeeds. */
  stdoutOnly?: boolean;
}

/** Runs a command with the repository's binaries on its path. Resolves also when it fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { cwd = root, stdoutOnly = false } = options;
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, PATH: path, NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      stdout += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.on('error', (error) => done({ code: 127, output: `${output}\n${error.message}` }));
    child.on('close', (code, signal) => {
      if (code === 0) done({ code, output: stdoutOnly ? stdout : output });
      else done({ code: code ?? 1, output: signal === null ? output : `${output}\n${command} was ended by ${signal}` });
    });
  });
}

/** Runs a command and throws its output if it fails. */
export async function mustRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} (exit code ${code}):\n${output.trim()}`);
  return output;
}

/** Runs `work` over all items, as many at a time as there are cores, keeping the order of results. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  width: number = availableParallelism(),
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

/** Runs a tool's main function: prints its one-line result, or what is wrong, and sets the exit code. */
export async function main(work: () => Promise<string>): Promise<void> {
  try {
    console.log(await work());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
