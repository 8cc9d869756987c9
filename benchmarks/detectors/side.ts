/**
 * Our side of speed.ts in a process of its own: the task is a line of JSON on standard input. Fits and tells how long it took;
 * then, for each line `turn`, tells milliseconds per picture and seconds per picture in eights; then the peak of its memory.
 */
import { createInterface } from 'node:readline';
import { readImage } from '@adlib/datasets/node';
import { createRandom } from '@adlib/core';
import { backbones, createDetector } from '@adlib/models';

interface Task {
  kind: string;
  options: Record<string, unknown>;
  train: string[];
  test: string[];
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => ((await lines.next()) as IteratorResult<string, undefined>).value;
const answer = (figures: object) => {
  console.log(JSON.stringify(figures));
};
const { kind, options, train, test } = JSON.parse((await next())!) as Task;
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
const eight = await Promise.all(test.slice(0, 8).map((path) => readImage(path)));
await detector.score(eight);
for (const path of test.slice(0, 3)) await detector.score([await readImage(path)]);
const tensors = Object.entries(detector.save().tensors).filter(([name]) => !name.startsWith('backbone.'));
// Not before: the other side's turn may begin with the answer.
answer({ fit, bytes: tensors.reduce((sum, [, { data }]) => sum + data.byteLength, 0) });
while ((await next()) === 'turn') {
  const ms: number[] = [];
  for (const path of test) {
    const at = performance.now();
    await detector.score([await readImage(path)]);
    ms.push(performance.now() - at);
  }
  const at = performance.now();
  await detector.score(eight);
  answer({ ms, seconds: (performance.now() - at) / 8000 });
}
detector.dispose();
answer({ peakMb: process.resourceUsage().maxRSS / 1024 });
process.exit(0);
