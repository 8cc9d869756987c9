/**
 * Speed and memory of the detectors on pretrained features against anomalib's (PaDiM, PatchCore) and transcriptions of the
 * official code (SPADE, SimpleNet) on PyTorch's CPU build: the same files, each side in processes of its own. Each fits; then they
 * take turns with the same pictures, so that what else the machine does meets both.
 *
 *   npm run build && npx tsx --conditions=@adlib/source benchmarks/detectors/speed.ts --python <python with anomalib> \
 *     [--data ../shared/data/mvtec/bottle] [--weights ../shared/weights/resnet18-layers1to3.safetensors] [--backbone resnet18]
 *     [--kinds padim,patchcore] [--size 224] [--ratio 0.01] [--train 209] [--test 40] [--turns 5] [--json results.json]
 *
 * A picture's time runs from the file to score and map (decoding, scaling, network, and for ours the map at the picture's own
 * size). `--weights random` is for other backbones: `--backbone wide_resnet50_2 --weights random`.
 * Every file is read once beforehand, so that no side waits for the disk. Ours runs as it does for users, the built packages in
 * plain Node: tsx would add 30 MB to the heap.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { backbones } from '@adlib/models';
import { build } from 'tsup';
import { Side } from './peer.js';

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
    turns: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});

/** What a side tells of one detector; times of pictures by turn. */
interface Figures {
  fit: number;
  bytes: number;
  ms: number[][];
  seconds: number[];
  peakMb: number;
}

const pick = async (folder: string, pattern: RegExp, count: string): Promise<string[]> => {
  const names = await readdir(folder, { recursive: true });
  const paths = names.filter((name) => pattern.test(name)).sort().slice(0, Number(count)).map((name) => join(folder, name)); // prettier-ignore
  await Promise.all(paths.map((path) => readFile(path)));
  return paths;
};
const train = await pick(join(args.data, 'train', 'good'), /\.png$/, args.train);
const test = await pick(join(args.data, 'test'), /\.png$/, args.test);
const size = Number(args.size);
const channels = backbones[args.backbone]!.layers.filter(({ name }) => ['layer2', 'layer3'].includes(name)).reduce(
  (sum, layer) => sum + layer.channels,
  0,
);
const own: Record<string, object> = {
  padim: { features: 100 },
  patchcore: { coresetRatio: Number(args.ratio) },
  spade: { imageLayer: 'layer3' },
  simplenet: {
    ...{ metaEpochs: Number(args.meta), ganEpochs: 4, clipNorm: 1, sigma: 4, imageScore: 'patches' },
    ...{ dimension: channels, hidden: Math.round((2 * channels) / 3) },
  },
};
const onlyOurs: Record<string, object> = { simplenet: { validationShare: 0 } };

const built = fileURLToPath(new URL('../../node_modules/.cache/adlib-benchmarks', import.meta.url));
await build({
  config: false,
  entry: [fileURLToPath(new URL('side.ts', import.meta.url))],
  outDir: built,
  format: ['esm'],
  outExtension: () => ({ js: '.js' }),
  external: [/^[^./]/],
  silent: true,
});
await writeFile(join(built, 'package.json'), '{ "type": "module" }\n');

function sides(kind: string): { ours: () => Promise<Running>; peer: () => Promise<Running> } {
  const { backbone, weights } = args;
  const options = { size: [size, size], backbone, weights, ...own[kind], ...onlyOurs[kind] };
  const peerWeights = weights === 'random' ? null : weights;
  return {
    ours: () => Running.fit(new Side(process.execPath, [join(built, 'side.js')]), { kind, options, train, test }),
    peer: () =>
      Running.fit(Side.python(args.python), {
        ...{ do: 'speed', kind, seed: 0, size, backbone, weights: peerWeights, train, test },
        ...own[kind],
      }),
  };
}

/** One side with a fitted detector. */
class Running {
  readonly figures: Figures;
  readonly #side: Side;

  private constructor(side: Side, { fit, bytes }: Record<string, unknown>) {
    this.#side = side;
    this.figures = { fit: fit as number, bytes: bytes as number, ms: [], seconds: [], peakMb: Number.NaN };
  }

  static async fit(side: Side, task: object): Promise<Running> {
    return new Running(side, await side.ask(JSON.stringify(task)));
  }

  async turn(): Promise<void> {
    const { ms, seconds } = await this.#side.ask('turn');
    this.figures.ms.push(ms as number[]);
    this.figures.seconds.push(seconds as number);
  }

  async end(): Promise<Figures> {
    this.figures.peakMb = (await this.#side.ask('end'))['peakMb'] as number;
    this.#side.end();
    return this.figures;
  }
}

const quantile = (ms: readonly number[], q: number) => [...ms].sort((a, b) => a - b)[Math.floor(q * (ms.length - 1))]!;
const all: Record<string, { ours: Figures; peer: Figures }> = {};
console.log(
  `${args.backbone}, ${size}×${size}, ${train.length} pictures learned, ${test.length} scored in each of ${args.turns} turns, ` +
    `${cpus().length} cores of ${cpus()[0]!.model}`,
);
console.log('| detector | figure | adlib | Python | ratio |\n|---|---|---|---|---|');
for (const kind of args.kinds.split(',')) {
  const start = sides(kind);
  const running = [await start.ours(), await start.peer()] as const;
  for (let turn = 0; turn < Number(args.turns); turn++) for (const side of running) await side.turn();
  const [a, b] = [await running[0].end(), await running[1].end()];
  all[kind] = { ours: a, peer: b };
  const line = (figure: string, digits: number, of: (figures: Figures) => number) => {
    const [x, y] = [of(a), of(b)];
    console.log(`| ${kind} | ${figure} | ${x.toFixed(digits)} | ${y.toFixed(digits)} | ${(x / y).toFixed(2)} |`);
  };
  line('fit, s', 1, ({ fit }) => fit);
  line('one picture, median ms', 1, ({ ms }) => quantile(ms.flat(), 0.5));
  line('one picture, 95 % ms', 1, ({ ms }) => quantile(ms.flat(), 0.95));
  line('one picture, quickest tenth ms', 1, ({ ms }) => quantile(ms.flat(), 0.1));
  line('pictures/s in eights', 1, ({ seconds }) => 1 / quantile(seconds, 0.5));
  line('peak memory, MB', 0, ({ peakMb }) => peakMb);
  line('learned tensors, MB', 1, ({ bytes }) => bytes / 1e6);
}
if (args.json !== undefined) await writeFile(args.json, `${JSON.stringify({ ...args, all }, null, 1)}\n`);
