/**
 * Accuracy of the detectors on pretrained features against the same algorithms in Python, on the same 8-bit pictures of the
 * network's size, the same weights and the same random draws. @adlib/metrics computes the figures of both sides, on maps and masks of that size.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/detectors/accuracy.ts --data ../shared/data/mvtec/bottle \
 *     --weights ../shared/weights/resnet18-layers1to3.safetensors --python <python with anomalib> \
 *     [--kinds padim,patchcore,spade,simplenet] [--seeds 0,1,2] [--size 224] [--ratio 0.01] [--meta 40] [--gan 4]
 *     [--device cpu] [--peer-device cuda] [--json results.json]
 *
 * Without --python only ours; --peer-device is where Python trains SimpleNet. Intervals are 95 %, from 100 resamples of the test pictures.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import type { Device } from '@adlib/core';
import { createDetector } from '@adlib/models';
import { coresetDraws, writeDraws } from './draws.js';
import { figuresOf, intervals, type Figures, type Scored } from './figures.js';
import { askPeer } from './peer.js';
import { readPictures } from './pictures.js';

const { values: args } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/mvtec/bottle' },
    weights: { type: 'string', default: '../shared/weights/resnet18-layers1to3.safetensors' },
    python: { type: 'string' },
    kinds: { type: 'string', default: 'padim,patchcore,spade,simplenet' },
    seeds: { type: 'string', default: '0,1,2' },
    size: { type: 'string', default: '224' },
    ratio: { type: 'string', default: '0.01' },
    meta: { type: 'string', default: '40' },
    gan: { type: 'string', default: '4' },
    device: { type: 'string', default: 'cpu' },
    'peer-device': { type: 'string', default: 'cpu' },
    json: { type: 'string' },
  },
});
const size = Number(args.size);
const device = args.device as Device;
const pictures = await readPictures(args.data, size);
const { train, test } = pictures;
const common = { size: [size, size], weights: args.weights };
const simplenet = {
  metaEpochs: Number(args.meta),
  ganEpochs: Number(args.gan),
  clipNorm: 1,
  sigma: 4,
  imageScore: 'patches',
};
const options: Record<string, Record<string, unknown>> = {
  padim: { ...common, features: 100 },
  patchcore: { ...common, coresetRatio: Number(args.ratio), neighbors: 9 },
  spade: { ...common, neighbors: 5, imageLayer: 'layer3' },
  simplenet: { ...common, ...simplenet, recipe: 'baseline', validationShare: 0 },
};
/** Channels of layer2 and layer3 together. */
const DIMENSION = 384;
const peerOptions: Record<string, object> = {
  padim: { features: 100 },
  patchcore: { coresetRatio: Number(args.ratio) },
  spade: {},
  simplenet: { ...simplenet, dimension: DIMENSION, hidden: 256, draws: 'given', device: args['peer-device'] },
};

interface Side extends Scored {
  /** Seconds. */
  fit: number;
  /** Channels that PaDiM kept. */
  channels?: number[];
}

async function ours(kind: string, seed: number): Promise<Side> {
  const detector = createDetector(kind, options[kind]);
  const started = performance.now();
  await detector.fit(train, { seed, device });
  const fit = (performance.now() - started) / 1000;
  const { channels } = detector.save().tensors;
  const detections = await detector.score(
    test.map(({ image }) => image),
    { device },
  );
  detector.dispose();
  const scored = { scores: detections.map(({ score }) => score), maps: detections.map(({ map }) => map!.data) };
  return { fit, ...scored, ...(channels && { channels: [...channels.data] }) };
}

/** The same in Python, with everything that is random as it was drawn here. */
async function theirs(kind: string, seed: number, folder: string, channels?: number[]): Promise<Side> {
  const positions = (size / 8) ** 2;
  const givenCoreset = async () => {
    const { projection, first } = coresetDraws(seed, train.length * positions, DIMENSION);
    await writeFile(join(folder, 'projection.f32'), projection);
    return { first };
  };
  const task = {
    do: 'accuracy',
    kind,
    seed,
    size,
    folder,
    weights: args.weights,
    backbone: 'resnet18',
    ...(channels && { channels }),
    ...(kind === 'patchcore' && (await givenCoreset())),
    ...peerOptions[kind],
  };
  const feed = (out: Writable) => writeDraws(out, options[kind]!, seed, train.length, positions);
  const { fit } = await askPeer(args.python!, task, kind === 'simplenet' ? feed : undefined);
  const read = async (name: string) => new Float32Array(new Uint8Array(await readFile(join(folder, name))).buffer);
  const maps = await read('maps.f32');
  return {
    fit: fit!,
    scores: [...(await read('scores.f32'))],
    maps: test.map((_, i) => maps.subarray(i * size * size, (i + 1) * size * size)),
  };
}

interface Row {
  kind: string;
  side: string;
  seed: number;
  fit: number;
  figures: Figures;
  intervals: Record<keyof Figures, [number, number]>;
}

const folder = await mkdtemp(join(tmpdir(), 'adlib-detectors-'));
const rows: Row[] = [];
const digits = (v: number) => (Number.isNaN(v) ? '-' : v.toFixed(4));
try {
  await writeFile(join(folder, 'train.u8'), Buffer.concat(train.map(({ data }) => data as Uint8Array)));
  await writeFile(join(folder, 'test.u8'), Buffer.concat(test.map(({ image }) => image.data as Uint8Array)));
  console.log(
    `${pictures.name}: ${train.length} to learn from, ${test.length} to test, ${size}×${size}; ${cpus()[0]!.model}`,
  );
  console.log('| detector | side | seed | image AUROC | pixel AUROC | AUPRO | fit s |\n|---|---|---|---|---|---|---|');
  for (const kind of args.kinds.split(',')) {
    for (const seed of args.seeds.split(',').map(Number)) {
      let channels: number[] | undefined;
      for (const side of args.python === undefined ? ['adlib'] : ['adlib', 'python']) {
        const scored = side === 'adlib' ? await ours(kind, seed) : await theirs(kind, seed, folder, channels);
        channels ??= scored.channels;
        const figures = await figuresOf(test, scored, [...test.keys()]);
        const around = await intervals(test, scored, 100);
        rows.push({ kind, side, seed, fit: scored.fit, figures, intervals: around });
        const cells = (['image', 'pixel', 'pro'] as const).map(
          (key) => `${digits(figures[key])} (${around[key].map((v) => digits(v)).join(' to ')})`,
        );
        console.log(`| ${kind} | ${side} | ${seed} | ${cells.join(' | ')} | ${scored.fit.toFixed(0)} |`);
      }
    }
  }
  if (args.python !== undefined) {
    console.log('\n| detector | largest difference of the means over seeds |\n|---|---|');
    for (const kind of args.kinds.split(',')) {
      const mean = (side: string, key: keyof Figures) => {
        const own = rows.filter((row) => row.kind === kind && row.side === side);
        return own.reduce((sum, row) => sum + row.figures[key], 0) / own.length;
      };
      const apart = (['image', 'pixel', 'pro'] as const).map((key) =>
        Math.abs(mean('adlib', key) - mean('python', key)),
      );
      console.log(`| ${kind} | image ${digits(apart[0]!)}, pixel ${digits(apart[1]!)}, AUPRO ${digits(apart[2]!)} |`);
    }
  }
  if (args.json !== undefined)
    await writeFile(args.json, `${JSON.stringify({ ...args, data: pictures.name, rows }, null, 1)}\n`);
} finally {
  await rm(folder, { recursive: true });
}
