/**
 * Speed of @adlib/scores beside Python (scikit-image, SciPy, scikit-learn, PyTorch) on the same data and machine, in turns.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/scores/speed.ts --python <python with scikit-image and scikit-learn>
 *     [--torch <python with torch, pytorch-msssim, piq>] [--repeats 7] [--only ssim] [--write benchmarks/scores/speed.json]
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom, ndarray, type Image } from '@adlib/core';
import {
  fourSsim,
  gaussianSmooth,
  glcm,
  gmsd,
  Mahalanobis,
  meanScore,
  msSsim,
  NearestNeighbors,
  psnr,
  ssim,
  topPercentMean,
} from '@adlib/scores';
import { DeviceNeighbors } from '@adlib/scores/device';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    torch: { type: 'string' },
    repeats: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    write: { type: 'string' },
  },
});

interface Task {
  title: string;
  name: string;
  peer: 'python' | 'torch';
  size: number;
  /** Fewer repeats for long tasks. */
  repeats?: number;
  run: () => number | Promise<number>;
}

interface Answer {
  ms: number;
  cpu: number;
  value: number;
  missing?: string;
}

const random = createRandom(1);
const normals = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());
const folder = mkdtempSync(join(tmpdir(), 'adlib-bench-'));
const stored = (name: string, data: Float32Array): Float32Array => {
  writeFileSync(join(folder, name), data);
  return data;
};
const pairs = Object.fromEntries(
  [256, 1024].map((size) => {
    const x = Float32Array.from({ length: size * size * 3 }, (_, i) => 0.5 + 0.4 * Math.sin(i / 97) * random.uniform());
    const y = x.map((v) => Math.min(1, Math.max(0, v + 0.1 * random.normal())));
    const image = (data: Float32Array): Image => ({ data, width: size, height: size, channels: 3 });
    return [size, [image(stored(`x${size}.f32`, x)), image(stored(`y${size}.f32`, y))] as const];
  }),
) as Record<number, readonly [Image, Image]>;
/** The same pictures in 8 bit. */
const bytes = Object.fromEntries(
  [256, 1024].map((size) => {
    const image = (name: string, { data }: Image): Image => {
      const eight = Uint8Array.from(data, (v) => Math.round(255 * Math.min(1, Math.max(0, v))));
      writeFileSync(join(folder, name), eight);
      return { data: eight, width: size, height: size, channels: 3 };
    };
    return [size, [image(`x${size}.u8`, pairs[size]![0]), image(`y${size}.u8`, pairs[size]![1])] as const];
  }),
) as Record<number, readonly [Image, Image]>;
const channel = (size: number) =>
  ndarray(
    Float32Array.from({ length: size * size }, (_, i) => pairs[size]![0].data[3 * i]!),
    [size, size],
  );
const train = stored('train.f32', normals(300 * 1000));
const test = stored('test.f32', normals(100 * 1000));
const bank = stored('bank.f32', normals(10_000 * 1536));
const query = stored('query.f32', normals(784 * 1536));

function pairTasks(size: number): Task[] {
  const [x, y] = pairs[size]!;
  const [x8, y8] = bytes[size]!;
  const map = channel(size);
  const grey: Image = { data: map.data, width: size, height: size, channels: 1 };
  const at = `${size}×${size}`;
  return [
    {
      title: `SSIM uniform 7, ${at}×3`,
      name: 'ssim_uniform',
      peer: 'python',
      size,
      run: () => ssim(x, y, { variant: 'skimage' }).similarity,
    },
    {
      title: `SSIM Gaussian 11, ${at}×3`,
      name: 'ssim_gaussian',
      peer: 'python',
      size,
      run: () => ssim(x, y).similarity,
    },
    {
      title: `4-SSIM (zd), ${at}×3`,
      name: 'four_ssim_zd',
      peer: 'python',
      size,
      run: () => fourSsim(x, y, { variant: 'zd' }).similarity,
    },
    { title: `PSNR, ${at}×3`, name: 'psnr', peer: 'python', size, run: () => psnr(x, y).similarity },
    { title: `PSNR, ${at}×3, piq`, name: 'psnr_piq', peer: 'torch', size, run: () => psnr(x, y).similarity },
    { title: `PSNR, ${at}×3, mse_loss`, name: 'psnr_by_hand', peer: 'torch', size, run: () => psnr(x, y).similarity },
    { title: `PSNR, ${at}×3, 8 bit`, name: 'psnr_8', peer: 'python', size, run: () => psnr(x8, y8).similarity },
    {
      title: `SSIM uniform 7, ${at}×3, 8 bit`,
      name: 'ssim_uniform_8',
      peer: 'python',
      size,
      run: () => ssim(x8, y8, { variant: 'skimage' }).similarity,
    },
    { title: `MS-SSIM, ${at}×3`, name: 'ms_ssim', peer: 'torch', size, run: () => msSsim(x, y).similarity },
    { title: `GMSD, ${at}×3`, name: 'gmsd', peer: 'torch', size, run: () => gmsd(x, y).score },
    { title: `Gaussian σ 4, ${at}`, name: 'smooth', peer: 'python', size, run: () => meanScore(gaussianSmooth(map)) },
    { title: `top 1 % mean, ${at}`, name: 'top_percent', peer: 'python', size, run: () => topPercentMean(map, 1) },
    {
      title: `GLCM 16 levels, 4 angles, ${at}`,
      name: 'glcm',
      peer: 'python',
      size,
      run: () => glcm(grey).data.reduce((sum, v) => sum + v * v, 0),
    },
  ];
}

const mahalanobis = (d: number): Task => ({
  title: `Mahalanobis (Ledoit-Wolf), fit 300 and score 100 rows of ${d}`,
  name: 'mahalanobis',
  peer: 'python',
  size: d,
  run: () => {
    const scores = new Mahalanobis({ shrinkage: 'ledoitWolf' })
      .fit(ndarray(train.subarray(0, 300 * d), [300, d]))
      .score(ndarray(test.subarray(0, 100 * d), [100, d]));
    return scores.reduce((a, b) => a + b, 0) / scores.length;
  },
});

const [rows, queries] = [ndarray(bank, [10_000, 1536]), ndarray(query, [784, 1536])];
const onDevice = new DeviceNeighbors({ k: 5 }).fit(rows);
const plain = new NearestNeighbors({ k: 5 }).fit(rows);

const tasks: Task[] = [
  ...pairTasks(256),
  ...pairTasks(1024),
  mahalanobis(500),
  mahalanobis(1000),
  {
    title: '5 nearest of 10,000 × 1536, 784 queries, DeviceNeighbors',
    name: 'neighbors',
    peer: 'torch',
    size: 1536,
    run: async () => meanScore((await onDevice.query(queries)).distances),
  },
  {
    title: '5 nearest of 10,000 × 1536, 784 queries, NearestNeighbors',
    name: 'neighbors',
    peer: 'torch',
    size: 1536,
    repeats: 1,
    run: () => meanScore(plain.neighbors(queries).distances),
  },
];

/** A Python process that answers one line per task. */
class Peer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(python: string) {
    this.#child = spawn(python, [fileURLToPath(new URL('../peers/scores_speed.py', import.meta.url))]);
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async run(task: Task, warm: boolean): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify({ name: task.name, size: task.size, folder, warm })}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`the Python process ended during ${task.name}`);
    return JSON.parse(line.value) as Answer;
  }

  close(): void {
    this.#child.stdin.end();
  }
}

/** One turn: calls until 100 ms have passed, at least one, and the mean of their times; Python does the same. */
async function ours(task: Task): Promise<Answer> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let calls = 0;
  let value: number;
  do {
    value = await task.run();
    calls++;
  } while (performance.now() - start < 100);
  const ms = (performance.now() - start) / calls;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpu: (user + system) / 1e3 / calls, value };
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

const peers = {
  python: new Peer(values.python),
  torch: values.torch === undefined ? undefined : new Peer(values.torch),
};
const table: object[] = [];
try {
  console.log('| task | ours (ms) | peer (ms) | ratio | ratio of CPU time | difference |\n|---|---|---|---|---|---|');
  for (const task of tasks.filter(({ title }) => title.includes(values.only))) {
    const peer = peers[task.peer];
    if (peer === undefined) continue;
    // Warm-up: engines compile in earnest only what has run for a while.
    const warm = performance.now() + (task.repeats === undefined ? 1000 : 0);
    do await ours(task);
    while (performance.now() < warm);
    const mine: Answer[] = [];
    const theirs: Answer[] = [];
    for (let r = 0; r < (task.repeats ?? Number(values.repeats)); r++) {
      mine.push(await ours(task));
      theirs.push(await peer.run(task, r === 0));
    }
    if (theirs[0]!.missing !== undefined) {
      console.error(`${task.title}: ${theirs[0]!.missing}`);
      continue;
    }
    const [a, b] = [median(mine.map((m) => m.ms)), median(theirs.map((m) => m.ms))];
    const cpuRatio = median(mine.map((m) => m.cpu)) / median(theirs.map((m) => m.cpu));
    const difference = Math.abs(mine[0]!.value - theirs[0]!.value);
    table.push({ task: task.title, ours: a, peer: b, ratio: a / b, cpuRatio, difference });
    const cells = [
      task.title,
      a.toFixed(1),
      b.toFixed(1),
      (a / b).toFixed(2),
      cpuRatio.toFixed(2),
      difference.toExponential(0),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  if (values.write !== undefined) {
    const machine = {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      arch: arch(),
      node: process.version,
      load: loadavg()[0],
    };
    writeFileSync(
      values.write,
      `${JSON.stringify({ machine, repeats: Number(values.repeats), rows: table }, null, 2)}\n`,
    );
  }
} finally {
  await onDevice.dispose();
  peers.python.close();
  peers.torch?.close();
  rmSync(folder, { recursive: true });
}
