import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** How a command ended. */
export interface Outcome {
  /** Exit code; `null` when it was killed. */
  code: number | null;
  /** All of stdout. */
  out: string;
  /** All of stderr. */
  err: string;
}

/**
 * Runs the command as a user does.
 *
 * @param cwd - the folder to run it in
 * @param args - its arguments
 * @param interruptAt - once stderr matches this, Ctrl-C is sent
 * @returns how it ended
 */
export function spawnCli(cwd: string, args: readonly string[], interruptAt?: RegExp): Promise<Outcome> {
  const node = [
    '--import',
    import.meta.resolve('tsx'),
    '--conditions=@adlib/source',
    join(import.meta.dirname, '../bin.ts'),
  ];
  const child = spawn(process.execPath, [...node, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  let interrupted = false;
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => {
    err += part.toString();
    if (interrupted || interruptAt?.test(err) !== true) return;
    interrupted = child.kill('SIGINT');
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}
