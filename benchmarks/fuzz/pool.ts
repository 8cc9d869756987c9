import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CaseResult } from './child.js';

/** Options of {@link fuzz}. */
export interface FuzzOptions {
  /** Seed of all cases. */
  readonly seed: number;
  /** Number of the first case. */
  readonly from: number;
  /** How many cases. */
  readonly count: number;
  /** Whether saved detectors are fuzzed beside data sets. */
  readonly bundles: boolean;
  /** Milliseconds for one file; longer is a hang. */
  readonly limit: number;
  /** Program of the child. @defaultValue child.ts */
  readonly child?: URL;
  /** Called after each case. */
  readonly onResult?: (result: CaseResult) => void;
}

/**
 * Reads every file unchanged (case -1), then runs cases one after the other, in a child process, so that a crash of native code and a hang are seen; after either, a new
 * child goes on with the next case.
 *
 * @param options - which cases
 * @returns what became of each, the unchanged files first
 */
export async function fuzz(options: FuzzOptions): Promise<CaseResult[]> {
  const {
    seed,
    from,
    count,
    bundles,
    limit,
    onResult,
    child: program = new URL('child.ts', import.meta.url),
  } = options;
  const results: CaseResult[] = [];
  let child: ChildProcess | undefined;
  for (const index of [-1, ...Array.from({ length: count }, (_, i) => from + i)]) {
    child ??= await start(program, seed, bundles);
    const result = await runCase(child, index, index < 0 ? 10 * limit : limit);
    if (result.outcome === 'crash' || result.outcome === 'hang') {
      child.kill('SIGKILL');
      child = undefined;
    }
    results.push(result);
    onResult?.(result);
  }
  if (child !== undefined) {
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.disconnect();
    await ended;
  }
  return results;
}

async function start(program: URL, seed: number, bundles: boolean): Promise<ChildProcess> {
  const child = fork(fileURLToPath(program), [String(seed), bundles ? 'all' : 'data sets'], {
    execArgv: ['--import', 'tsx', '--conditions=@adlib/source', '--max-old-space-size=2048'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`fuzz: the child ended with ${code} before its first case.`)));
  });
  return child;
}

function runCase(child: ChildProcess, index: number, limit: number): Promise<CaseResult> {
  return new Promise((resolve) => {
    const done = (result: CaseResult): void => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(result);
    };
    const failed = (outcome: 'crash' | 'hang', message: string): void =>
      done({ index, kind: '?', outcome, ms: limit, message });
    const onMessage = (message: unknown): void => done(message as CaseResult);
    const onExit = (code: number | null, signal: string | null): void =>
      failed('crash', `the process ended with ${signal ?? code}`);
    const timer = setTimeout(() => failed('hang', `took longer than ${limit} ms`), limit);
    child.once('message', onMessage);
    child.once('exit', onExit);
    child.send(index);
  });
}
