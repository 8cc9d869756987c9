import type { Detector, ImageCollection, ProgressEvent } from '@adlib/core';
import {
  assertSameDetections,
  assertThrows,
  errorOf,
  fail,
  withNaN,
  type CheckContext,
  type DetectorCheck,
} from './context.js';

/** What `fit` must do, and what it must leave alone. */
export function learningChecks(context: CheckContext): DetectorCheck[] {
  const { make, images, otherImages, probes } = context;
  return [
    {
      name: 'fit resolves to the detector, learns the same from the same seed, and reads collections on demand',
      run: async () => {
        const { detections } = await context.shared();
        const detector = make();
        const returned = await context.fit(detector, lazily(images));
        if (returned !== detector) fail('fit must resolve to the detector itself');
        assertSameDetections(
          'a second detector with the same seed',
          await detector.score(probes),
          detections,
          context.rtol,
        );
        detector.dispose();
      },
    },
    {
      name: 'a second fit replaces what the first learned',
      run: async () => {
        const { detections } = await context.shared();
        const detector = make();
        await context.fit(detector, otherImages);
        const other = await detector.score(probes);
        if (other.every((d, i) => d.score === detections[i]!.score))
          fail('fit must learn from its images: other images, same scores');
        await context.fit(detector, images);
        assertSameDetections('after a second fit', await detector.score(probes), detections, context.rtol);
        detector.dispose();
      },
    },
    {
      name: 'fit tells its progress, monotone within each stage',
      run: async () => {
        const events: ProgressEvent[] = [];
        const detector = make();
        await context.fit(detector, images, { onProgress: (event) => events.push({ ...event }) });
        assertProgress('fit', events);
        detector.dispose();
      },
    },
    {
      name: 'a cancelled fit rejects with the reason and keeps what was learned before',
      run: () => checkCancel(context),
    },
    {
      name: 'a fit that fails keeps what was learned before',
      run: async () => {
        const { detector, detections } = await context.shared();
        const broken: ImageCollection = {
          length: images.length,
          get: (i) => (i === images.length - 1 ? Promise.reject(new Error('unreadable')) : images[i]!),
        };
        const error = await errorOf('fit with an unreadable image', () => context.fit(detector, broken));
        if (!error.message.includes('unreadable')) fail(`fit must pass the reader's error on, threw ${error.message}`);
        assertSameDetections('after a failed fit', await detector.score(probes), detections, context.rtol);
      },
    },
    {
      name: 'fit refuses no images, things that are not images or not finite, unknown devices and unknown options',
      run: async () => {
        const detector = make();
        await assertThrows('fit([])', ['RangeError'], () => context.fit(detector, []));
        await assertThrows('fit of a non-image', ['TypeError'], () => context.fit(detector, [{ width: 3 } as never]));
        await assertThrows('fit with a NaN in an image', ['RangeError'], () =>
          context.fit(detector, [...images.slice(1), withNaN(images[0]!)]),
        );
        await assertThrows('fit with a misspelt option', ['TypeError'], () =>
          context.fit(detector, images, { sede: 1 } as never),
        );
        await assertThrows('fit on an unknown device', ['RangeError', 'UnsupportedDeviceError'], () =>
          context.fit(detector, images, { device: 'abacus' as never }),
        );
        if (detector.fitted) fail('a refused fit must not leave the detector fitted');
        detector.dispose();
      },
    },
    {
      name: 'fit and score leave the images as they were',
      run: async () => {
        const { detector } = await context.shared();
        const copies = probes.map((image) => ({ ...image, data: image.data.slice() }));
        await detector.score(copies);
        const learned = images.map((image) => ({ ...image, data: image.data.slice() }));
        const other = make();
        await context.fit(other, learned);
        other.dispose();
        const unchanged = (a: { data: ArrayLike<number> }, b: { data: ArrayLike<number> }) =>
          Array.from(a.data).every((v, i) => v === b.data[i]);
        if (!copies.every((copy, i) => unchanged(copy, probes[i]!))) fail('score must not change its images');
        if (!learned.every((copy, i) => unchanged(copy, images[i]!))) fail('fit must not change its images');
      },
    },
  ];
}

/** The images as a collection that hands out fresh copies asynchronously. */
export function lazily(images: readonly { readonly data: { slice(): unknown } }[]): ImageCollection {
  return {
    length: images.length,
    get: async (index) => {
      await Promise.resolve();
      const image = images[index] ?? fail(`image ${index} was read; there are ${images.length}`);
      return { ...image, data: image.data.slice() } as never;
    },
  };
}

/** Fails unless there are events whose `done` never falls and never passes `total` within a stage. */
export function assertProgress(what: string, events: readonly ProgressEvent[]): void {
  if (events.length === 0) fail(`${what} must tell its progress at least once`);
  const last = new Map<string, number>();
  for (const { stage, done, total } of events) {
    if (stage === '') fail(`${what}: a progress event has an empty stage`);
    if (!(done >= (last.get(stage) ?? 0)))
      fail(`${what}: progress of '${stage}' went from ${last.get(stage) ?? 0} to ${done}`);
    if (total !== undefined && !(done <= total)) fail(`${what}: progress of '${stage}' is ${done} of ${total}`);
    last.set(stage, done);
  }
}

async function checkCancel(context: CheckContext): Promise<void> {
  const { detector, detections } = await context.shared();
  await assertThrows('fit with an aborted signal', ['AbortError'], () =>
    context.fit(detector, context.otherImages, { signal: AbortSignal.abort() }),
  );
  await cancelHalfWay(context, detector);
  assertSameDetections('after a cancelled fit', await detector.score(context.probes), detections, context.rtol);
  const reason = new Error('the user went home');
  const error = await errorOf('fit with an aborted signal', () =>
    context.fit(detector, context.otherImages, { signal: AbortSignal.abort(reason) }),
  );
  if (error !== reason) fail(`a cancelled fit must reject with the signal's own reason, got ${error.message}`);
  const fresh = context.make();
  await cancelHalfWay(context, fresh);
  if (fresh.fitted) fail('a cancelled first fit must not leave the detector fitted');
  fresh.dispose();
}

async function cancelHalfWay(context: CheckContext, detector: Detector): Promise<void> {
  const controller = new AbortController();
  await assertThrows('fit cancelled at its first progress event', ['AbortError'], () =>
    context.fit(detector, context.otherImages, { signal: controller.signal, onProgress: () => controller.abort() }),
  );
}
