/** Our side of speed.ts in a process of its own: the task as JSON in the first argument, one line of JSON as the answer. */
import { readImage } from '@adlib/datasets/node';
import { createRandom } from '@adlib/core';
import { backbones, createDetector } from '@adlib/models';

interface Task {
  kind: string;
  options: Record<string, unknown>;
  train: string[];
  test: string[];
}

const { kind, options, train, test } = JSON.parse(process.argv[2]!) as Task;
/** Numbers for a backbone whose weights do not matter: small, so that nothing overflows. */
function randomWeights(name: string) {
  const random = createRandom(1);
  const shapes = backbones[name]!.tensors(['layer1', 'layer2', 'layer3']);
  return Object.fromEntries(
    Object.entries(shapes).map(([tensor, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const value = /running_var|bn\d?\.weight|downsample\.1\.weight/.test(tensor)
        ? () => 1
        : () => random.normal(0, 0.02);
      return [tensor, { data: Float32Array.from({ length: size }, value), shape }];
    }),
  );
}
if (options['weights'] === 'random') options['weights'] = randomWeights(options['backbone'] as string);
const collection = (paths: readonly string[]) => ({ length: paths.length, get: (i: number) => readImage(paths[i]!) });
const detector = createDetector(kind, options);
const started = performance.now();
await detector.fit(collection(train), { device: 'cpu' });
const fit = (performance.now() - started) / 1000;
const ms: number[] = [];
for (const [i, path] of [...test.slice(0, 3), ...test].entries()) {
  const at = performance.now();
  await detector.score([await readImage(path)]);
  if (i >= 3) ms.push(performance.now() - at);
}
const eight = await Promise.all(test.slice(0, 8).map((path) => readImage(path)));
await detector.score(eight);
const at = performance.now();
for (let i = 0; i < 3; i++) await detector.score(eight);
const perSecond = 24 / ((performance.now() - at) / 1000);
const tensors = Object.entries(detector.save().tensors);
const own = tensors.filter(([name]) => !name.startsWith('backbone.'));
const bytes = own.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
detector.dispose();
console.log(JSON.stringify({ fit, ms, perSecond, peakMb: process.resourceUsage().maxRSS / 1024, bytes }));
