/**
 * What a leak does to a figure: training pictures are put into the test set, and the image AUROC is measured against their
 * number (an experiment from a thesis on steel sleeves, section 4.4). The detector remembers: its score is the distance to
 * the nearest training picture, so a picture it has seen scores 0.
 *
 *   npx tsx --conditions=@adlib/source examples/leakage.ts                                   # drawn screws, seconds
 *   npx tsx --conditions=@adlib/source examples/leakage.ts --data ../data/mvtec/bottle       # a folder in MVTec's layout
 *
 * It writes `runs/leakage/results.json`. Each `// %%` begins a cell.
 */
import { parseArgs } from 'node:util';
import { createRandom, ndarray } from '@adlib/core';
import { writeFileAtomic } from '@adlib/core/node';
import { assignRoles, batchesOf, imagesOf, synthetic, type Sample } from '@adlib/datasets';
import { mvtec } from '@adlib/datasets/node';
import { auroc, bootstrapInterval } from '@adlib/metrics';
import { NearestNeighbors } from '@adlib/scores';

const { values: args } = parseArgs({
  options: {
    data: { type: 'string' },
    size: { type: 'string', default: '32' },
    seed: { type: 'string', default: '1' },
  },
});
const size = Number(args.size);
const seed = Number(args.seed);

// %% Parts
// As small a set as the thesis': 10 good test pictures. On a folder, as many as it has.
const dataset =
  args.data === undefined
    ? synthetic('screw', { seed, good: 120, testGood: 10, defective: 40, size: 96, rotation: 6 })
    : await mvtec(args.data);
const train = dataset.samples.filter((sample) => sample.split === 'train' && sample.label === 'good');
const test = dataset.samples.filter((sample) => sample.split === 'test');

// %% A detector that remembers
// Every picture is one row of pixels; the score is the distance to the nearest row of the training pictures.
async function rowsOf(samples: readonly Sample[]): Promise<Float32Array> {
  const width = size * size * 3;
  const rows = new Float32Array(samples.length * width);
  for await (const { data, indices } of batchesOf(imagesOf(samples), { size: [size, size] })) {
    rows.set(data, indices[0]! * width);
  }
  return rows;
}
const asRows = (data: Float32Array) => ndarray(data, [data.length / (size * size * 3), size * size * 3]);
const memory = new NearestNeighbors({ k: 1 }).fit(asRows(await rowsOf(train)));
const cleanScores = memory.score(asRows(await rowsOf(test)));
const labels = test.map((sample) => (sample.label === 'defective' ? 1 : 0));

// %% Leaks
// A training picture in the test set counts as one more good test picture. The order is drawn once: a larger leak holds
// every smaller one. (Which ones leak does not matter here: this detector gives all of them 0.)
const order = createRandom(seed).split('leak').permutation(train.length);
const remembered = memory.score(asRows(await rowsOf(train)));
const counts = [0, 1, 2, 5, 10, 20, 50, 100].filter((count) => count <= train.length);
const rows = counts.map((leaked) => {
  const scores = [...cleanScores, ...Array.from(order.subarray(0, leaked), (i) => remembered[i]!)];
  const truth = [...labels, ...new Array<number>(leaked).fill(0)];
  const { estimate, lower, upper } = bootstrapInterval(auroc, scores, truth, { resamples: 1000, seed });
  return { leaked, auroc: estimate, lower, upper };
});

// %% Table
const good = labels.filter((label) => label === 0).length;
console.log(
  `${dataset.name}: ${train.length} for training; ${good} good and ${test.length - good} defective for testing\n`,
);
console.log('leaked | image AUROC | 95 % bootstrap interval');
for (const { leaked, auroc: figure, lower, upper } of rows) {
  console.log(
    `${String(leaked).padStart(6)} | ${figure.toFixed(3).padStart(11)} | ${lower.toFixed(3)} to ${upper.toFixed(3)}`,
  );
}

// %% What stops it
// A manifest of roles knows every file by its content: the same picture in train and test is refused, whatever its name.
const copy: Sample = { ...train[0]!, id: 'test/good/leaked.png', split: 'test' };
const refused = await assignRoles({ ...dataset, samples: [...dataset.samples, copy] }).then(
  () => 'not noticed',
  (error: unknown) => (error as Error).message,
);
console.log(`\n${refused}`);
await writeFileAtomic(
  'runs/leakage/results.json',
  `${JSON.stringify({ dataset: dataset.name, rows, refused }, null, 2)}\n`,
);
