/**
 * The detectors on pretrained features on several devices: seconds to fit, milliseconds to score pictures of the network's size
 * singly and in eights, and how far scores and maps are from the first device's, scored from the same learned tensors and after
 * fitting there.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/devices/detectors.ts cpu,webgpu [DATA] [WEIGHTS]
 *
 * DATA is a folder in MVTec's layout, WEIGHTS holds ResNet-18 up to layer3; both have defaults beside the repository.
 */
import type { Detection, Device } from '@adlib/core';
import { createDetector } from '@adlib/models';
import { readPictures } from '../detectors/pictures.js';

const [
  devices = 'cpu',
  data = '../shared/data/hazelnut_toy',
  weights = '../shared/weights/resnet18-layers1to3.safetensors',
] = process.argv.slice(2);
const ROUNDS = 11;
const size = [224, 224];
const { train, test } = await readPictures(data, size[0]!);
const eight = test.slice(0, 8).map(({ image }) => image);
const kinds: Record<string, Record<string, unknown>> = {
  padim: { features: 100 },
  patchcore: { coresetRatio: 0.1 },
  spade: { imageLayer: 'layer3' },
  simplenet: { metaEpochs: 5, ganEpochs: 4 },
};

async function median(run: () => Promise<unknown>): Promise<number> {
  await run();
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}

/** Largest difference of scores and of maps, as shares of the largest value. */
function apart(a: readonly Detection[], b: readonly Detection[]): string {
  const largest = (values: readonly number[]) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const scores = largest(a.map(({ score }, i) => score - b[i]!.score)) / largest(a.map(({ score }) => score));
  const maps =
    largest(a.map(({ map }, i) => largest(Array.from(map!.data, (v, p) => v - b[i]!.map!.data[p]!)))) /
    largest(a.map(({ map }) => largest(Array.from(map!.data))));
  return `${scores.toExponential(1)}, ${maps.toExponential(1)}`;
}

console.log(`${train.length} pictures learned, ${size.join('×')}; differences: scores, maps, as shares of the largest`);
console.log(
  '| detector | device | fit s | one ms | eight ms | same tensors | fitted there |\n|---|---|---|---|---|---|---|',
);
for (const [kind, own] of Object.entries(kinds)) {
  const options = { size, weights, ...own };
  let first: { detector: ReturnType<typeof createDetector>; detections: readonly Detection[] } | undefined;
  for (const device of devices.split(',') as Device[]) {
    const detector = createDetector(kind, options);
    const start = performance.now();
    await detector.fit(train, { device });
    const fit = (performance.now() - start) / 1000;
    const detections = await detector.score(eight, { device });
    first ??= { detector, detections };
    const one = await median(() => detector.score(eight.slice(0, 1), { device }));
    const all = await median(() => detector.score(eight, { device }));
    const same = apart(first.detections, await first.detector.score(eight, { device }));
    console.log(`| ${kind} | ${device} | ${fit.toFixed(1)} | ${one.toFixed(1)} | ${all.toFixed(1)} | ${same} | ${apart(first.detections, detections)} |`); // prettier-ignore
    if (detector !== first.detector) detector.dispose();
  }
  first?.detector.dispose();
}
