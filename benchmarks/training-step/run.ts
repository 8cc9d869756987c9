/**
 * Training step of the 5-layer autoencoder (batch 8, 256x256x3): ours against PyTorch's, taking turns on one machine.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/training-step/run.ts --python <python with torch> [--steps 15] [--threads 1,2]
 *   npx tsx --conditions=@adlib/source benchmarks/training-step/run.ts --alone --steps 300     # memory over many steps
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import { cpus } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

interface StepFigures {
  ms: number;
  loss: number;
  peakMb: number;
  nowMb?: number;
}

/** A child process that takes one step per line. */
class Side {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string, undefined>;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]() as AsyncIterator<
      string,
      undefined
    >;
  }

  async read(): Promise<unknown> {
    for (;;) {
      const { value } = await this.#lines.next();
      if (value === undefined) throw new Error('the child process ended early');
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }

  async step(): Promise<StepFigures> {
    this.#child.stdin.write('step\n');
    return (await this.read()) as StepFigures;
  }

  stop(): void {
    this.#child.stdin.end('stop\n');
  }
}

const { values: args } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    steps: { type: 'string', default: '15' },
    threads: { type: 'string', default: '1,2' },
    alone: { type: 'boolean', default: false },
  },
});
const steps = Number(args.steps);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const tsx = [...process.execArgv, here('step.ts')];
const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
const fixed = (n: number) => n.toFixed(0);

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, node ${process.version}`);
for (const threads of args.threads.split(',')) {
  const ours = new Side(process.execPath, [...tsx, threads]);
  console.log('ours', JSON.stringify(await ours.read()));
  if (args.alone) {
    const memory: number[] = [];
    for (let i = 0; i < steps; i++) memory.push((await ours.step()).nowMb!);
    const part = Math.max(1, Math.floor(steps / 10));
    console.log(
      `${threads} threads, ${steps} steps: resident memory, median of the first tenth ${fixed(median(memory.slice(0, part)))} MiB, ` +
        `of the last tenth ${fixed(median(memory.slice(-part)))} MiB, largest ${fixed(Math.max(...memory))} MiB`,
    );
    ours.stop();
    continue;
  }
  const peer = new Side(args.python, [here('../peers/training_step.py'), '--serve', '--threads', threads]);
  console.log('peer', JSON.stringify(await peer.read()));
  const a: StepFigures[] = [];
  const b: StepFigures[] = [];
  for (let i = 0; i < steps; i++) {
    a.push(await ours.step());
    b.push(await peer.step());
  }
  ours.stop();
  peer.stop();
  const [oursMs, peerMs] = [a, b].map((side) => side.map(({ ms }) => ms)) as [number[], number[]];
  const ratios = oursMs.map((ms, i) => ms / peerMs[i]!);
  console.log(
    `${threads} threads: ours ${fixed(median(oursMs))} ms (min ${fixed(Math.min(...oursMs))}), PyTorch ${fixed(median(peerMs))} ms ` +
      `(min ${fixed(Math.min(...peerMs))}), ratio of medians ${(median(oursMs) / median(peerMs)).toFixed(2)}, ` +
      `median of the pairs' ratios ${median(ratios).toFixed(2)}; peak memory ours ${fixed(a.at(-1)!.peakMb)} MiB, PyTorch ${fixed(b.at(-1)!.peakMb)} MiB`,
  );
}
