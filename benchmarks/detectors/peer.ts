import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../peers/detectors.py', import.meta.url));

/** A process that answers lines with lines of JSON. */
export class Side {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string, undefined>;

  /** Starts it. */
  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** What the process reads as file descriptor 3. */
  get extra(): Writable {
    return this.#child.stdio[3] as Readable & Writable;
  }

  /** The Python process of benchmarks/peers/detectors.py. */
  static python(python: string): Side {
    return new Side(python, [script]);
  }

  /** Sends a line and waits for the answer, passing over lines that are none. */
  async ask(line: string): Promise<Record<string, unknown>> {
    this.#child.stdin!.write(`${line}\n`);
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error(`the process gave no answer to ${line.slice(0, 200)}`);
      if (value.startsWith('{')) return JSON.parse(value) as Record<string, unknown>;
    }
  }

  /** No more lines: the process ends. */
  end(): void {
    this.#child.stdin!.end();
  }
}

/** One task for the Python process, in a process of its own; `feed` writes what it reads besides. */
export async function askPeer(
  python: string,
  task: object,
  feed?: (out: Writable) => Promise<void>,
): Promise<Record<string, number>> {
  const side = Side.python(python);
  const [answer] = await Promise.all([side.ask(JSON.stringify(task)), feed?.(side.extra)]);
  side.end();
  return answer as Record<string, number>;
}
