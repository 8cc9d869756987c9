/**
 * Decode, resize to 256×256, normalise: ours against torchvision's ImageFolder and DataLoader with 2 workers, taking turns
 * on the same files of one machine. Rounds are counted after one that fills the file cache on both sides.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/datasets/throughput.ts <folder with train/good> --python <python with torchvision>
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { imagenetNormalisation } from '@adlib/core';
import { batchesOf, imagesOf } from '@adlib/datasets';
import { folder } from '@adlib/datasets/node';

interface Round {
  images: number;
  seconds: number;
  cpuSeconds: number;
  peakMb: number;
}

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    alone: { type: 'boolean', default: false },
  },
});
const dir = positionals[0] ?? '../shared/data/mvtec/bottle';
const { samples } = await folder({ good: `${dir}/train/good` });

async function ours(): Promise<Round> {
  const options = { size: [256, 256], ...imagenetNormalisation, batchSize: 16, prefetch: 16, reuse: true } as const;
  const start = performance.now();
  const before = process.cpuUsage();
  let images = 0;
  for await (const { indices } of batchesOf(imagesOf(samples, { concurrency: 4, prefetch: 0 }), options))
    images += indices.length;
  const { user, system } = process.cpuUsage(before);
  return {
    images,
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
}

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
const perSecond = ({ images, seconds }: Round) => images / seconds;
const say = (name: string, rounds: readonly Round[]) => {
  const rates = rounds.map(perSecond);
  const peak = Math.max(...rounds.map(({ peakMb }) => peakMb));
  const cpu = median(rounds.map(({ cpuSeconds, images }) => (1000 * cpuSeconds) / images));
  console.log(
    `${name}: median ${median(rates).toFixed(0)}, best ${Math.max(...rates).toFixed(0)} images/s (${rates.map((r) => r.toFixed(0)).join(', ')}), ${cpu.toFixed(2)} ms of processor per image, peak memory ${peak.toFixed(0)} MiB`,
  );
  return { median: median(rates), best: Math.max(...rates) };
};

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, node ${process.version}, ${dir}: ${samples.length} images`,
);
const rounds = Number(args.rounds);
const a: Round[] = [];
const b: Round[] = [];
if (args.python === undefined || args.alone) {
  for (let i = 0; i <= rounds; i++) a.push(await ours());
  say('ours', a.slice(1));
} else {
  const peer = spawn(
    args.python,
    [fileURLToPath(new URL('../peers/datasets_throughput.py', import.meta.url)), `${dir}/train`],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
  const next = async (): Promise<string> => {
    const { value } = await lines.next();
    if (value === undefined) throw new Error('the Python process ended early');
    return value;
  };
  console.log(await next());
  for (let i = 0; i <= rounds; i++) {
    a.push(await ours());
    peer.stdin.write('round\n');
    b.push(JSON.parse(await next()) as Round);
  }
  peer.stdin.end();
  await once(peer, 'exit');
  const [our, their] = [say('ours', a.slice(1)), say('torchvision', b.slice(1))];
  console.log(
    `ratio of medians ${(our.median / their.median).toFixed(2)}, of the best rounds ${(our.best / their.best).toFixed(2)}`,
  );
}
