import { createRandom, toChannels } from '@adlib/core';
import type { Detection, Image, ProgressEvent } from '@adlib/core';
import { plantDefect, storeAs, tinyParts } from '../tinyParts.js';
import { assertProgress, lazily } from './learning.js';
import {
  assertSameDetections,
  assertThrows,
  collect,
  fail,
  withNaN,
  type CheckContext,
  type DetectorCheck,
} from './context.js';

/** What `score` and `scoreEach` must do. */
export function scoringChecks(context: CheckContext): DetectorCheck[] {
  const { probes, rtol } = context;
  return [
    {
      name: 'scores are finite, maps are as large as their images, and no images give no detections',
      run: async () => {
        const { detector, detections } = await context.shared();
        assertWellFormed(detections, probes);
        const flat = [0, 255].map((value) => constantImage(value, 30, 21));
        assertWellFormed(await detector.score(flat), flat);
        assertWellFormed(await detector.score([]), []);
      },
    },
    {
      name: 'a planted defect scores higher than the same image without it, and the map points at it',
      run: () => checkDefects(context),
    },
    {
      name: 'the score of an image does not depend on the images beside it, their order or the batch',
      run: async () => {
        const { detector, detections } = await context.shared();
        const order = [...createRandom(3).permutation(probes.length)];
        const shuffled = await detector.score(order.map((i) => probes[i]!));
        assertSameDetections(
          'in another order',
          shuffled,
          order.map((i) => detections[i]!),
          rtol,
        );
        for (const i of [0, probes.length - 1]) {
          assertSameDetections('alone', await detector.score([probes[i]!]), [detections[i]!], rtol);
        }
        assertSameDetections('scored again', await detector.score(probes), detections, rtol);
      },
    },
    {
      name: 'the same brightness stored in 8 bit, 16 bit, float, grey or colour scores the same',
      run: async () => {
        const { detector } = await context.shared();
        const [colour] = tinyParts({ count: 1, seed: 21, width: 37, height: 52 });
        const grey = toChannels(colour!, 1);
        const forms = [colour!, storeAs(colour!, 'uint16'), storeAs(colour!, 'float32')];
        const greys = [grey, storeAs(grey, 'uint16'), storeAs(grey, 'float32'), toChannels(grey, 3)];
        for (const group of [forms, greys]) {
          const detections = await detector.score(group);
          detections.forEach((d, i) => assertSameDetections(`form ${i}`, [d], [detections[0]!], rtol));
        }
      },
    },
    {
      name: 'scoreEach equals score, reads collections on demand, and may be left early',
      run: () => checkStream(context),
    },
    {
      name: 'two calls at once do not disturb each other',
      run: async () => {
        const { detector, detections } = await context.shared();
        const reversed = await Promise.all([detector.score(probes), detector.score([...probes].reverse())]);
        assertSameDetections('the first of two calls', reversed[0], detections, rtol);
        assertSameDetections('the second of two calls', reversed[1], [...detections].reverse(), rtol);
      },
    },
    {
      name: 'maps: false gives the same scores without maps',
      run: async () => {
        const { detector, detections } = await context.shared();
        const bare = await detector.score(probes, { maps: false });
        if (bare.some((d) => d.map !== undefined)) fail('maps: false must give no maps');
        const scores = detections.map(({ score }) => ({ score }));
        assertSameDetections('without maps', bare, scores, rtol);
      },
    },
    {
      name: 'score tells its progress, can be cancelled, and refuses what is not an image or not finite',
      run: async () => {
        const { detector } = await context.shared();
        const events: ProgressEvent[] = [];
        await detector.score(probes, { onProgress: (event) => events.push({ ...event }) });
        assertProgress('score', events);
        await assertThrows('score with an aborted signal', ['AbortError'], () =>
          detector.score(probes, { signal: AbortSignal.abort() }),
        );
        await assertThrows('score of a non-image', ['TypeError'], () => detector.score([{ width: 3 } as never]));
        await assertThrows('score with a NaN in an image', ['RangeError'], () => detector.score([withNaN(probes[0]!)]));
        await assertThrows('score with a misspelt option', ['TypeError'], () =>
          detector.score(probes, { map: true } as never),
        );
      },
    },
  ];
}

function constantImage(value: number, width: number, height: number): Image {
  return { data: new Uint8Array(width * height * 3).fill(value), width, height, channels: 3 };
}

function assertWellFormed(detections: readonly Detection[], images: readonly Image[]): void {
  if (detections.length !== images.length) fail(`${images.length} images gave ${detections.length} detections`);
  detections.forEach(({ score, map }, i) => {
    const { height, width } = images[i]!;
    if (!Number.isFinite(score)) fail(`score of image ${i} must be finite, got ${score}`);
    if (map === undefined) return;
    if (map.shape.join() !== `${height},${width}`) {
      fail(`map of image ${i} must have shape [${height}, ${width}], got [${map.shape.join(', ')}]`);
    }
    if (!(map.data instanceof Float32Array)) fail(`map of image ${i} must be float32`);
    const bad = Array.from(map.data).findIndex((v) => !Number.isFinite(v));
    if (bad >= 0) fail(`map of image ${i} must be finite, got ${map.data[bad]!} at ${bad}`);
  });
}

async function checkDefects(context: CheckContext): Promise<void> {
  const { detector } = await context.shared();
  const [first] = context.images;
  const good = tinyParts({ count: 4, seed: 31, width: first!.width, height: first!.height, channels: first!.channels });
  const bad = good.map((image, i) => plantDefect(image, i));
  const goodDetections = await detector.score(good);
  const badDetections = await detector.score(bad.map(({ image }) => image));
  badDetections.forEach(({ score, map }, i) => {
    const without = goodDetections[i]!.score;
    if (!(score > without)) fail(`image ${i} scores ${score} with a defect and ${without} without`);
    if (map === undefined) return;
    const { inside, outside } = meansOf(map, bad[i]!.mask);
    if (!(inside > outside)) fail(`map of image ${i} has mean ${inside} on the defect and ${outside} off it`);
  });
}

function meansOf(
  map: NonNullable<Detection['map']>,
  mask: { data: Uint8Array; width: number; height: number },
): { inside: number; outside: number } {
  const sums = [0, 0];
  const counts = [0, 0];
  mask.data.forEach((defective, p) => {
    sums[defective]! += map.get(Math.floor(p / mask.width), p % mask.width);
    counts[defective]! += 1;
  });
  return { inside: sums[1]! / counts[1]!, outside: sums[0]! / counts[0]! };
}

async function checkStream(context: CheckContext): Promise<void> {
  const { detector, detections } = await context.shared();
  const { probes, rtol } = context;
  assertSameDetections('scoreEach', await collect(detector.scoreEach(probes)), detections, rtol);
  assertSameDetections(
    'scoreEach of a collection',
    await collect(detector.scoreEach(lazily(probes))),
    detections,
    rtol,
  );
  const limit = context.options.maxReadAhead ?? 64;
  let reads = 0;
  const endless = {
    length: 100_000,
    get: (i: number) => {
      reads++;
      return probes[i % probes.length]!;
    },
  };
  const stream = detector.scoreEach(endless);
  await stream.next();
  if (reads > limit) {
    fail(`scoreEach had read ${reads} images when it gave the first detection; at most ${limit} allowed`);
  }
  await stream.return();
  assertSameDetections('after leaving scoreEach early', await detector.score(probes), detections, rtol);
}
