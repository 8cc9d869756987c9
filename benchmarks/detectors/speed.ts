/**
 * Speed and memory of the detectors on pretrained features against anomalib's (PaDiM, PatchCore) and transcriptions of the
 * official code (SPADE, SimpleNet) on PyTorch's CPU build: the same files, each side in processes of its own, taking turns.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/detectors/speed.ts --python <python with anomalib> \
 *     [--data ../shared/data/mvtec/bottle] [--weights ../shared/weights/resnet18-layers1to3.safetensors] [--backbone resnet18]
 *     [--kinds padim,patchcore] [--size 224] [--ratio 0.01] [--train 209] [--test 40] [--json results.json]
 *
 * A picture's time runs from the file to score and map (decoding, scaling, network, and for ours the map at the picture's own
 * size). `--weights random` is for other backbones: `--backbone wide_resnet50_2 --weights random`.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { askPeer } from './peer.js';

const { values: args } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    data: { type: 'string', default: '../shared/data/mvtec/bottle' },
    weights: { type: 'string', default: '../shared/weights/resnet18-layers1to3.safetensors' },
    backbone: { type: 'string', default: 'resnet18' },
    kinds: { type: 'string', default: 'padim,patchcore' },
    size: { type: 'string', default: '224' },
    ratio: { type: 'string', default: '0.01' },
    meta: { type: 'string', default: '2' },
    train: { type: 'string', default: '209' },
    test: { type: 'string', default: '40' },
    json: { type: 'string' },
  },
});

interface Figures {
  fit: number;
  ms: number[];
  perSecond: number;
  peakMb: number;
  bytes: number;
}

const pick = async (folder: string, count: number) =>
  (await readdir(folder)).sort().slice(0, count).map((name) => join(folder, name)); // prettier-ignore
const train = await pick(join(args.data, 'train', 'good'), Number(args.train));
const test = await pick(join(args.data, 'test', 'good'), Number(args.test));
const size = Number(args.size);
const simplenet = { metaEpochs: Number(args.meta), ganEpochs: 4, clipNorm: 1, sigma: 4, imageScore: 'patches' };
const own: Record<string, object> = {
  padim: { features: 100 },
  patchcore: { coresetRatio: Number(args.ratio) },
  spade: { imageLayer: 'layer3' },
  simplenet: { ...simplenet, validationShare: 0 },
};
const peer: Record<string, object> = {
  padim: { features: 100 },
  patchcore: { coresetRatio: Number(args.ratio) },
  spade: {},
  simplenet: { ...simplenet, dimension: 384, hidden: 256 },
};

async function ours(kind: string): Promise<Figures> {
  const options = { size: [size, size], backbone: args.backbone, weights: args.weights, ...own[kind] };
  const side = fileURLToPath(new URL('side.ts', import.meta.url));
  const task = JSON.stringify({ kind, options, train, test });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--conditions=@adlib/source', side, task],
    { maxBuffer: 1 << 26 },
  );
  return JSON.parse(stdout.split('\n').find((line) => line.startsWith('{'))!) as Figures;
}

const theirs = async (kind: string) =>
  (await askPeer(args.python, { do: 'speed', kind, seed: 0, size, backbone: args.backbone, weights: args.weights === 'random' ? null : args.weights, train, test, ...peer[kind] })) as unknown as Figures; // prettier-ignore

const quantile = (ms: readonly number[], q: number) => [...ms].sort((a, b) => a - b)[Math.floor(q * (ms.length - 1))]!;
const all: Record<string, { ours: Figures; peer: Figures }> = {};
console.log(
  `${args.backbone}, ${size}×${size}, ${train.length} pictures learned, ${cpus().length} cores of ${cpus()[0]!.model}`,
);
console.log('| detector | figure | adlib | Python | ratio |\n|---|---|---|---|---|');
for (const kind of args.kinds.split(',')) {
  const [a, b] = [await ours(kind), await theirs(kind)];
  all[kind] = { ours: a, peer: b };
  const line = (figure: string, x: number, y: number, digits: number) => {
    console.log(`| ${kind} | ${figure} | ${x.toFixed(digits)} | ${y.toFixed(digits)} | ${(x / y).toFixed(2)} |`);
  };
  line('fit, s', a.fit, b.fit, 1);
  line('one picture, median ms', quantile(a.ms, 0.5), quantile(b.ms, 0.5), 1);
  line('one picture, 95 % ms', quantile(a.ms, 0.95), quantile(b.ms, 0.95), 1);
  line('pictures/s in eights', a.perSecond, b.perSecond, 1);
  line('peak memory, MB', a.peakMb, b.peakMb, 0);
  line('learned tensors, MB', a.bytes / 1e6, b.bytes / 1e6, 1);
}
if (args.json !== undefined) await writeFile(args.json, `${JSON.stringify({ ...args, all }, null, 1)}\n`);
