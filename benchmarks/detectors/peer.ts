import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The Python process of benchmarks/peers/detectors.py: one task at a time, in a process of its own. */
export async function askPeer(python: string, task: object): Promise<Record<string, number> & { ms?: number[] }> {
  const script = fileURLToPath(new URL('../peers/detectors.py', import.meta.url));
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(python, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(`${JSON.stringify(task)}\n`);
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) return JSON.parse(line) as Record<string, number>;
  }
  throw new Error('the Python process gave no answer');
}
