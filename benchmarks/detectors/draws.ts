import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { createRandom } from '@adlib/core';
import { SimpleNet, type SimpleNetOptions } from '@adlib/models';
import { johnsonLindenstrauss, sparseProjection } from '../../packages/models/src/patchCore/projection.js';
import { initialise } from '../../packages/models/src/simpleNet/network.js';
import { NoiseRows } from '../../packages/models/src/simpleNet/patchBatches.js';
import { trainDiscriminator } from '../../packages/models/src/simpleNet/trainDiscriminator.js';

/** What PatchCore (`variant: 'anomalib'`) draws for a seed: the projection `[channels, dimensions]` and the first patch. */
export function coresetDraws(seed: number, patches: number, channels: number) {
  const numbers = createRandom(seed).split('coreset 0');
  const projection = sparseProjection(channels, johnsonLindenstrauss(patches, 0.9), numbers).data as Float32Array;
  return { projection, first: numbers.integer(patches) };
}

/**
 * Writes what SimpleNet draws for a seed when nothing is held out, so that others can train on the same numbers: first weights
 * of adapter, hidden layer and output; then for each step how many pictures, which, and the noise of their patches. Little-endian,
 * 4 bytes each.
 */
export async function writeDraws(
  out: Writable,
  given: SimpleNetOptions,
  seed: number,
  pictures: number,
  positions: number,
): Promise<void> {
  const { options } = new SimpleNet(given);
  const { dimension } = options;
  const random = createRandom(seed);
  const order = random.split('hold-out').permutation(pictures);
  const { parameters, state } = initialise(options, random.split('weights'));
  const write = async (data: ArrayBufferView) => {
    if (!out.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))) await once(out, 'drain');
  };
  for (const name of ['adapter.0.weight', 'discriminator.hidden.weight', 'discriminator.output.weight']) {
    await write(parameters[name]!.data);
  }
  // The library's own training, with a step that learns nothing and pictures that are their numbers.
  const batch = (indices: readonly number[]) =>
    Promise.resolve({ data: Float32Array.from(indices), shape: [indices.length * positions, dimension] });
  const run = async ({ patches, noise }: Record<string, { data: ArrayBufferView }>) => {
    const indices = Uint32Array.from(patches!.data as Float32Array);
    await write(Uint32Array.of(indices.length));
    await write(indices);
    await write(noise!.data);
    return { loss: 0 };
  };
  const nothing = { data: new Float32Array(1), shape: [1] };
  await trainDiscriminator({
    options,
    long: {},
    step: { run, parameters, state } as unknown as Parameters<typeof trainDiscriminator>[0]['step'],
    patches: { batch },
    learn: [...order],
    heldPatches: { batch },
    held: [],
    judge: () => Promise.resolve({ real: nothing, fake: nothing }),
    noise: new NoiseRows(dimension, random.split('noise')),
    random,
  });
  out.end();
}
