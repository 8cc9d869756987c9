import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inParallel } from '../workspace.js';

/** Options of {@link executeAll}. */
export interface ExecuteOptions {
  /** The script that {@link fork}s run: `runner.ts`, or what it was compiled to. */
  runner: string;
  /** The Node executable. */
  node: string;
  /** Options of Node. */
  nodeOptions: string[];
  /** Most milliseconds one snippet may take. */
  limitMs: number;
}

/** What one snippet did: undefined when it ran to its end, else what went wrong. */
export type Failure = string | undefined;

interface Worker {
  child: ChildProcess;
  output: string;
}

/** Imports every file in turn, in as many processes as there are cores; the current folder is an empty one. */
export async function executeAll(files: readonly string[], options: ExecuteOptions): Promise<Failure[]> {
  const cwd = await mkdtemp(join(tmpdir(), 'adlib-snippets-'));
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  try {
    return await inParallel(
      files,
      async (file) => {
        const worker = idle.pop() ?? start(options, cwd);
        all.add(worker);
        const failure = await ask(worker, file, options.limitMs);
        if (worker.child.connected) idle.push(worker);
        return failure;
      },
      availableParallelism(),
    );
  } finally {
    for (const { child } of all) child.kill('SIGKILL');
    await rm(cwd, { recursive: true, force: true });
  }
}

function start({ runner, node, nodeOptions }: ExecuteOptions, cwd: string): Worker {
  const child = fork(runner, { cwd, execPath: node, execArgv: nodeOptions, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const worker = { child, output: '' };
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (data: Buffer) => (worker.output += data.toString()));
  }
  return worker;
}

function ask(worker: Worker, file: string, limitMs: number): Promise<Failure> {
  const { child } = worker;
  worker.output = '';
  return new Promise((resolve) => {
    const end = (failure: Failure): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(failure);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.disconnect();
      end(`did not end in ${limitMs / 1000} s\n${worker.output}`);
    }, limitMs);
    child.on('message', (answer: string) => end(answer === 'ok' ? undefined : answer));
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) =>
      end(`ended the process (${signal ?? `exit code ${code ?? 0}`})\n${worker.output}`),
    );
    child.send(file);
  });
}
