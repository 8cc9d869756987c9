/**
 * Paper 001, section 4.2: what augmentation does to SimpleNet. Three regimes, several seeds, on one data set in MVTec's layout; the
 * parameters of the last meta-epoch, never chosen on test images.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/studies/augmentation/run.ts --data ../shared/data/hazelnut_toy \
 *     --weights ../shared/weights/resnet18-layers1to3.safetensors [--seeds 0,1,2] [--regimes none,mild,strong] [--size 224]
 *     [--meta 40] [--gan 4] [--device cpu] [--json results.json]
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Device } from '@adlib/core';
import { augmentedImages, imagesOf, type AugmentRegime } from '@adlib/datasets';
import { mvtec } from '@adlib/datasets/node';
import { SimpleNet, type TrackerEntry } from '@adlib/models';
import { seedSpread } from '@adlib/metrics';
import { figuresOf, type Figures } from '../../detectors/figures.js';
import { readPictures } from '../../detectors/pictures.js';

const { values: args } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/hazelnut_toy' },
    weights: { type: 'string', default: '../shared/weights/resnet18-layers1to3.safetensors' },
    seeds: { type: 'string', default: '0,1,2' },
    regimes: { type: 'string', default: 'none,mild,strong' },
    size: { type: 'string', default: '224' },
    meta: { type: 'string', default: '40' },
    gan: { type: 'string', default: '4' },
    device: { type: 'string', default: 'cpu' },
    json: { type: 'string' },
  },
});
const size = Number(args.size);
const device = args.device as Device;
const seeds = args.seeds.split(',').map(Number);
const { name, test } = await readPictures(args.data, size);
const train = imagesOf((await mvtec(args.data)).samples.filter(({ split }) => split === 'train'));
const rows: { regime: string; seed: number; figures: Figures; seconds: number; saturated: boolean }[] = [];
const KEYS = ['image', 'pixel', 'pro'] as const;

console.log(`${name}: ${train.length} to learn from, ${test.length} to test, ${size}×${size}, ${args.meta}×${args.gan} passes; ${cpus()[0]!.model}`); // prettier-ignore
console.log('| regime | seed | image AUROC | pixel AUROC | AUPRO | saturated | fit s |\n|---|---|---|---|---|---|---|');
for (const regime of args.regimes.split(',') as AugmentRegime[]) {
  for (const seed of seeds) {
    const options = { size: [size, size], weights: args.weights, metaEpochs: Number(args.meta), ganEpochs: Number(args.gan) } as const; // prettier-ignore
    const detector = new SimpleNet(options);
    const started = performance.now();
    await detector.fit(regime === 'none' ? train : augmentedImages(train, regime, { seed }), { seed, device });
    const seconds = (performance.now() - started) / 1000;
    const saturated = (detector.facts!['tracker'] as TrackerEntry[]).some((entry) => entry.saturated);
    const detections = await detector.score(
      test.map(({ image }) => image),
      { device },
    );
    detector.dispose();
    const scored = { scores: detections.map(({ score }) => score), maps: detections.map(({ map }) => map!.data) };
    const figures = await figuresOf(test, scored, [...test.keys()]);
    rows.push({ regime, seed, figures, seconds, saturated });
    console.log(`| ${regime} | ${seed} | ${KEYS.map((key) => figures[key].toFixed(4)).join(' | ')} | ${saturated ? 'yes' : 'no'} | ${seconds.toFixed(0)} |`); // prettier-ignore
  }
}
console.log('\n| regime | image AUROC | pixel AUROC | AUPRO |\n|---|---|---|---|');
for (const regime of args.regimes.split(',')) {
  const own = rows.filter((row) => row.regime === regime);
  const cells = KEYS.map((key) => {
    const values = own.map(({ figures }) => figures[key]);
    if (values.length < 2) return values[0]!.toFixed(4);
    const { mean, sd } = seedSpread(values);
    return `${mean.toFixed(4)} ± ${sd.toFixed(4)}`;
  });
  console.log(`| ${regime} | ${cells.join(' | ')} |`);
}
if (args.json !== undefined)
  await writeFile(args.json, `${JSON.stringify({ ...args, data: name, weights: undefined, rows }, null, 1)}\n`);
