import {
  assertInteger,
  assertKnownOptions,
  argumentMessage,
  createRandom,
  prepareImage,
  toCollection,
  type ImageCollection,
  type Images,
  type PrepareOptions,
} from '@adlib/core';

/** Options of {@link batchesOf}. */
export interface BatchesOptions extends Omit<PrepareOptions, 'out'> {
  /** Channels of every picture: grey is repeated, colour becomes luma. @defaultValue 3 */
  channels?: 1 | 3;
  /** Pictures in a batch; the last one may hold fewer. @defaultValue 8 */
  batchSize?: number;
  /** Shuffles with this seed: the same seed, the same order on every platform. Pass another one for each epoch. @defaultValue in order */
  shuffle?: number;
  /** Most pictures read ahead of what the caller has asked for. @defaultValue 16 */
  prefetch?: number;
  /** Leaves out a last batch that is not full. @defaultValue false */
  dropLast?: boolean;
  /** Uses a batch's memory again once the next one is asked for: copy what must last. @defaultValue false */
  reuse?: boolean;
  /** Ends the stream with the signal's reason. */
  signal?: AbortSignal;
}

/** Some pictures as one array. */
export interface Batch {
  /** Row-major `[pictures, height, width, channels]`; the caller's own, with `reuse` until the next batch is asked for. */
  readonly data: Float32Array;
  /** `[pictures, height, width, channels]`. */
  readonly shape: readonly [number, number, number, 1 | 3];
  /** Which pictures they are, as indices into the collection. */
  readonly indices: readonly number[];
}

/**
 * Goes over pictures once, in batches of normalised float32 values: pictures are decoded in parallel and ahead of the
 * caller, and brought to one size by `prepareImage`, each straight into its place in the batch.
 *
 * In memory are at most `prefetch` pictures being decoded, the batch the caller has, and `ceil(prefetch / batchSize) + 1` more
 * batches of `4 * batchSize * height * width * channels` bytes. Leaving the loop early stops the reading.
 *
 * @param images - pictures, or a collection such as `imagesOf(samples)`
 * @param options - size, normalisation, batches, order
 * @returns the batches, in order
 * @throws RangeError or TypeError if an option is not valid; when a picture cannot be read, its error comes in place of the
 *   batch it belongs to, and the stream ends
 * @example
 * ```ts
 * import { imagenetNormalisation } from '@adlib/core';
 * import { batchesOf, imagesOf, synthetic } from '@adlib/datasets';
 * const { samples } = synthetic('weave', { good: 10, testGood: 0, defective: 0, size: 64 });
 * for await (const { data, shape } of batchesOf(imagesOf(samples), { size: [32, 32], ...imagenetNormalisation, shuffle: 1 })) {
 *   console.log(shape, data.length); // [8, 32, 32, 3] 24576, then [2, 32, 32, 3] 6144
 * }
 * ```
 */
export function batchesOf(images: Images, options: BatchesOptions): AsyncGenerator<Batch, void, undefined> {
  assertBatches(options);
  return stream(toCollection(images), options);
}

async function* stream(source: ImageCollection, options: BatchesOptions): AsyncGenerator<Batch, void, undefined> {
  const { batchSize = 8, shuffle, prefetch = 16, dropLast = false, reuse = false, signal, ...given } = options;
  const prepare = { channels: 3 as const, ...given };
  const random = shuffle === undefined ? undefined : createRandom(shuffle).split('batches');
  const order = random?.permutation(source.length) ?? Uint32Array.from({ length: source.length }, (_, i) => i);
  const end = dropLast ? source.length - (source.length % batchSize) : source.length;
  const [height, width] = prepare.size;
  const pixels = height * width * prepare.channels;
  const batches = new Map<number, { data: Float32Array; reading: Promise<void>[] }>();
  const spare: Float32Array[] = [];
  let started = 0;

  const start = (position: number): void => {
    const number = Math.floor(position / batchSize);
    const at = position - number * batchSize;
    let batch = batches.get(number);
    if (batch === undefined) {
      const count = Math.min(batchSize, end - number * batchSize);
      const used = count === batchSize ? spare.pop() : undefined;
      batch = { data: used ?? new Float32Array(count * pixels), reading: [] };
      batches.set(number, batch);
    }
    const out = batch.data.subarray(at * pixels, (at + 1) * pixels);
    const reading = readInto(() => source.get(order[position]!), { ...prepare, out }, signal);
    // Told to whoever waits for the batch.
    reading.catch(() => undefined);
    batch.reading.push(reading);
  };

  for (let position = 0; position < end; position += batchSize) {
    const number = position / batchSize;
    const count = Math.min(batchSize, end - position);
    for (let i = 0; i < count; i++) {
      signal?.throwIfAborted();
      // Pictures of this batch that are still to come count as asked for: the window moves on as they arrive.
      for (; started < Math.min(end, position + i + 1 + prefetch); started++) start(started);
      await batches.get(number)!.reading[i];
    }
    const { data } = batches.get(number)!;
    batches.delete(number);
    yield {
      data,
      shape: [count, height, width, prepare.channels],
      indices: Array.from(order.subarray(position, position + count)),
    };
    if (reuse && count === batchSize) spare.push(data);
  }
}

async function readInto(
  read: () => ReturnType<ImageCollection['get']>,
  prepare: PrepareOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const image = await read();
  if (signal?.aborted !== true) prepareImage(image, prepare);
}

function assertBatches(options: BatchesOptions): void {
  const { batchSize = 8, shuffle = 0, prefetch = 16, dropLast = false, reuse = false, size, ...rest } = options;
  const prepareKeys = ['size', 'mode', 'shorterSide', 'channels', 'mean', 'std', 'pad'];
  assertKnownOptions('batchesOf', options, [
    ...prepareKeys,
    'batchSize',
    'shuffle',
    'prefetch',
    'dropLast',
    'reuse',
    'signal',
  ]);
  assertInteger('batchesOf', 'batchSize', batchSize, 1);
  assertInteger('batchesOf', 'shuffle', shuffle, 0, 0xffffffff);
  assertInteger('batchesOf', 'prefetch', prefetch, 0);
  if (typeof dropLast !== 'boolean')
    throw new TypeError(argumentMessage('batchesOf', 'dropLast', 'true or false', dropLast));
  if (typeof reuse !== 'boolean') throw new TypeError(argumentMessage('batchesOf', 'reuse', 'true or false', reuse));
  const { signal, ...prepare } = rest;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError(argumentMessage('batchesOf', 'signal', 'an AbortSignal', signal));
  // Checks size and normalisation before anything is read.
  prepareImage({ data: new Uint8Array(1), width: 1, height: 1, channels: 1 }, { channels: 3, ...prepare, size });
}
