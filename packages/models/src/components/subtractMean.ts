import type { HostTensor } from '@adlib/runtime';

/**
 * Takes the mean of all vectors from each, in place. Distances between vectors stay as they are, and have more digits when
 * they are computed from products of short vectors.
 *
 * @param tensor - `[..., channels]`; overwritten
 * @returns the mean, `[channels]`
 */
export function subtractMean({ data, shape }: HostTensor): HostTensor {
  const channels = shape.at(-1)!;
  const sums = new Float64Array(channels);
  for (let i = 0; i < data.length; i += channels) for (let c = 0; c < channels; c++) sums[c]! += data[i + c]!;
  const mean = Float32Array.from(sums, (sum) => (sum * channels) / data.length);
  for (let i = 0; i < data.length; i += channels) for (let c = 0; c < channels; c++) data[i + c]! -= mean[c]!;
  return { data: mean, shape: [channels] };
}
