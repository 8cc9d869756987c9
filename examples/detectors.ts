/**
 * The four detectors on features of a backbone that is not trained further, side by side on the same parts: PatchCore, PaDiM,
 * SPADE and SimpleNet.
 *
 * Run it with `npx tsx --conditions=@adlib/source examples/detectors.ts`: drawn parts and the filter bank, no download. With
 * pictures and trained weights of your own:
 *
 *   npx tsx --conditions=@adlib/source examples/detectors.ts \
 *     --data <folder in the MVTec layout> --backbone resnet18 --weights <file> [--size 224] [--kinds patchcore,padim]
 *
 * It writes `runs/detectors/<kind>/`, a bundle for `adlib predict` each, and `runs/detectors/results.json`. Each `// %%`
 * begins a cell, for editors that run cells one by one.
 */
import { parseArgs } from 'node:util';
import { writeFileAtomic } from '@adlib/core/node';
import { assignRoles, samplesByRole, synthetic } from '@adlib/datasets';
import { mvtec } from '@adlib/datasets/node';
import { createDetector, type TrackerEntry } from '@adlib/models';
import { calibrate, evaluate, train } from '@adlib/pipeline';
import { saveBundle } from '@adlib/pipeline/node';

const { values: args } = parseArgs({
  options: {
    data: { type: 'string' },
    backbone: { type: 'string' },
    weights: { type: 'string' },
    size: { type: 'string' },
    kinds: { type: 'string', default: 'patchcore,padim,spade,simplenet' },
  },
});
const out = 'runs/detectors';
const seed = 2;

// %% Parts
// Drawn screws, or a folder of yours with `train/good`, `test/good`, `test/<defect>` and masks in `ground_truth/<defect>`.
const dataset =
  args.data === undefined
    ? synthetic('screw', { seed, good: 60, testGood: 20, defective: 40, size: 128 })
    : await mvtec(args.data);
const roles = await samplesByRole(dataset, await assignRoles(dataset, { seed }));

// %% Features
// All four look at the same layers of the same kind of network. `filter-bank` is computed from constants; trained weights
// (`resnet18` and others, see docs/backbones.md) find more.
const side = Number(args.size ?? (args.data === undefined ? 128 : 224));
const backbone = args.backbone ?? (args.weights === undefined ? 'filter-bank' : 'resnet18');
const features = { backbone, size: [side, side], ...(args.weights !== undefined && { weights: args.weights }) };

// %% Detectors
// What differs from the defaults: SPADE finds similar pictures by a layer that it reads anyway, so that a file of weights
// without the network's end will do. SimpleNet's usual noise is too weak on the filter bank's few channels: the loss on
// held-out pictures stays at chance, 1. There it gets more noise and larger steps, and needs half of the passes.
const own: Record<string, Record<string, unknown>> = {
  spade: { imageLayer: 'layer3' },
  ...(backbone === 'filter-bank' && {
    simplenet: { noise: 0.15, learningRate: 1e-3, adapterLearningRate: 5e-4, metaEpochs: 20 },
  }),
};

// %% Train, calibrate, evaluate
// Each learns from the same good pictures. Thresholds come from good pictures that took no part in training.
const timed = await Promise.all(roles.test.slice(0, 20).map((sample) => sample.image()));
const rows: Row[] = [];
const warnings = new Set<string>();
for (const kind of args.kinds.split(',')) {
  const detector = createDetector(kind, { ...features, ...own[kind] });
  const training = await train(detector, roles, { name: dataset.name, seed });
  const { threshold, summary, mapRange } = await calibrate(detector, roles.calibration, 'meanPlusSigma');
  const { results } = await evaluate(detector, threshold, roles.test, {
    name: dataset.name,
    seen: new Set(training.seen),
    provenance: { seed },
  });
  const calibration = { scores: summary, mapRange };
  await saveBundle(`${out}/${kind}`, { detector, threshold, provenance: { training, calibration } });
  const { tensors, facts } = detector.save();
  const bytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
  const { tp, fn, fp } = results.image.confusion;
  rows.push({
    detector: kind,
    auroc: results.image.auroc,
    pixelAuroc: results.pixel?.auroc ?? null,
    aupro: results.pixel?.aupro ?? null,
    found: `${tp} of ${tp + fn}`,
    falseAlarms: fp,
    fitSeconds: training.seconds,
    msPerPicture: await medianMs(async (i) => detector.score([timed[i]!]), timed.length),
    bundleMb: bytes / 1e6,
  });
  console.log(`${kind}: learned in ${training.seconds.toFixed(1)} s`);
  // SimpleNet's discriminator on held-out pictures: a loss that stays near 1 has learned nothing, one near 0 may be saturated.
  const tracker = facts['tracker'] as readonly TrackerEntry[] | undefined;
  if (tracker !== undefined) console.log(`  held-out loss ${tracker.map(({ loss }) => loss.toFixed(2)).join(', ')}`);
  results.warnings.forEach((warning) => warnings.add(warning));
  detector.dispose();
}

// %% Table
// `found` and `falseAlarms` are at the calibrated threshold; a picture's time is the median over pictures in memory, one at a
// time, map included.
await writeFileAtomic(`${out}/results.json`, `${JSON.stringify({ data: dataset.name, backbone, rows }, null, 2)}\n`);
console.log(`${dataset.name}, ${backbone} at ${side}x${side}, ${roles.train.length} pictures learned from`);
console.table(
  rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, v]) => [name, typeof v === 'number' ? rounded(v) : v])),
  ),
);
warnings.forEach((warning) => console.log(`warning: ${warning}`));
console.log(`wrote ${out}/results.json and a bundle for each detector`);

/** One detector's figures; null where there are no masks. */
interface Row {
  detector: string;
  auroc: number | null;
  pixelAuroc: number | null;
  aupro: number | null;
  found: string;
  falseAlarms: number;
  fitSeconds: number;
  msPerPicture: number;
  bundleMb: number;
}

/** Median time of `n` runs, after one that is not counted. */
async function medianMs(run: (i: number) => Promise<unknown>, n: number): Promise<number> {
  await run(0);
  const times: number[] = [];
  for (let i = 0; i < n; i++) {
    const began = performance.now();
    await run(i);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[n >> 1]!;
}

function rounded(value: number): number {
  return Number(value.toFixed(value < 10 ? 3 : 1));
}
