/**
 * Speed and memory of @adlib/metrics beside Python (scikit-learn, and AUPRO and AUPIMO as published, in numpy and scipy).
 * Both sides read the same files, in processes of their own, one after the other and in turns.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/metrics/speed.ts --python <python with numpy, scipy, scikit-learn>
 *     [--repeats 3] [--maps 83] [--size 900] [--tasks pixelAuroc,aupro] [--alone] [--write benchmarks/metrics/results.json]
 *
 * `--tasks` takes some of the tasks only, `--alone` leaves Python out.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { arch, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '@adlib/core';
import { toMarkdown } from '@adlib/metrics';

interface Measured {
  seconds: number;
  peakMiB: number;
  value: number;
}

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    repeats: { type: 'string', default: '3' },
    maps: { type: 'string', default: '83' },
    size: { type: 'string', default: '900' },
    tasks: { type: 'string' },
    alone: { type: 'boolean', default: false },
    write: { type: 'string' },
  },
});
const repeats = Number(values.repeats);
const maps = Number(values.maps);
const size = Number(values.size);

const tasks: Record<string, string> = {
  auroc: 'auroc of 10 million scores',
  pixelAuroc: `pixelAuroc of ${maps} maps of ${size}x${size}`,
  aupro: `aupro of ${maps} maps of ${size}x${size}`,
  aupimo: `aupimo of ${maps} maps of ${size}x${size}`,
  bootstrap: 'bootstrapInterval of auroc, 1,000 resamples of 150 scores',
  bootstrapLarge: 'bootstrapInterval of auroc, 1,000 resamples of 10,000 scores',
};

const folder = mkdtempSync(join(tmpdir(), 'adlib-bench-'));
try {
  writeData(folder);
  const chosen = values.tasks?.split(',') ?? Object.keys(tasks);
  const rows = chosen.map((task) => compare(task, tasks[task] ?? task));
  console.log(toMarkdown(rows, { digits: 3 }));
  if (values.write !== undefined) {
    const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, arch: arch(), node: process.version };
    writeFileSync(values.write, `${JSON.stringify({ machine, repeats, rows }, null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Scores and maps as raw little-endian numbers; every second map has two defects. */
function writeData(to: string): void {
  const random = createRandom(1);
  const n = 10_000_000;
  const labels = Uint8Array.from({ length: n }, () => (random.uniform() < 0.3 ? 1 : 0));
  writeFileSync(join(to, 'labels.u8'), labels);
  writeFileSync(
    join(to, 'scores.f64'),
    Float64Array.from(labels, (l) => random.uniform() + 0.2 * l),
  );
  const noise = Float32Array.from({ length: 2 * size * size }, () => Math.abs(random.normal()) ** 1.5);
  const mapFile = openSync(join(to, 'maps.f32'), 'w');
  const maskFile = openSync(join(to, 'masks.u8'), 'w');
  for (let k = 0; k < maps; k++) {
    const start = random.integer(size * size);
    const map = Float32Array.from(noise.subarray(start, start + size * size), (v) => v * (1 + 0.01 * random.uniform()));
    const mask = new Uint8Array(size * size);
    for (let b = 0; b < 2 * (k % 2); b++) {
      const [x0, y0] = [random.integer(size - 120), random.integer(size - 90)];
      for (let y = y0; y < y0 + 90; y++) mask.fill(1, y * size + x0, y * size + x0 + 120);
    }
    mask.forEach((m, i) => {
      if (m === 1) map[i]! += 1;
    });
    writeSync(mapFile, map);
    writeSync(maskFile, mask);
  }
  closeSync(mapFile);
  closeSync(maskFile);
}

function compare(task: string, title: string): object {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  for (let r = 0; r < repeats; r++) {
    const args = [task, folder, String(maps), String(size)];
    ours.push(measure(process.execPath, [...process.execArgv, path('task.ts'), ...args]));
    if (!values.alone) theirs.push(measure(values.python, [path('../peers/metrics_speed.py'), ...args]));
  }
  const best = (all: Measured[], key: 'seconds' | 'peakMiB'): number => median(all.map((m) => m[key]));
  const alone = {
    task: title,
    'ours (s)': best(ours, 'seconds'),
    'ours (MiB)': Math.round(best(ours, 'peakMiB')),
  };
  const row = values.alone
    ? alone
    : {
        ...alone,
        'Python (s)': best(theirs, 'seconds'),
        'Python (MiB)': Math.round(best(theirs, 'peakMiB')),
        'time ratio': best(ours, 'seconds') / best(theirs, 'seconds'),
        'memory ratio': best(ours, 'peakMiB') / best(theirs, 'peakMiB'),
        difference: Math.abs(ours[0]!.value - theirs[0]!.value).toExponential(1),
      };
  console.error(JSON.stringify(row));
  return row;
}

function measure(command: string, args: string[]): Measured {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
  return JSON.parse(stdout) as Measured;
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1]!;
}
