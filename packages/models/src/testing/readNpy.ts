import { readFileSync } from 'node:fs';
import type { HostTensor } from '@adlib/runtime';

/**
 * A `.npy` file of float32 or uint8, row-major, for tests.
 *
 * @param path - the file
 * @returns its values and shape
 */
export function readNpy(path: URL): HostTensor {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const shape = [.../'shape': \(([^)]*)\)/.exec(header)![1]!.matchAll(/\d+/g)].map(Number);
  const data = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length);
  if (header.includes("'|u1'")) return { shape, data: new Uint8Array(data) };
  if (header.includes("'<f4'")) return { shape, data: new Float32Array(data) };
  throw new Error(`readNpy: ${path.pathname} is of another type: ${header}`);
}

/**
 * A tensor `[batch, channels, height, width]` as `[batch, height, width, channels]`, or one without a batch.
 *
 * @param tensor - as PyTorch orders it
 * @returns as tfjs orders it, with a batch
 */
export function channelsLast({ shape, data }: HostTensor): HostTensor & { data: Float32Array } {
  const [batch, channels, height, width] = (shape.length === 3 ? [1, ...shape] : shape) as [
    number,
    number,
    number,
    number,
  ];
  const pixels = height * width;
  const at = (i: number) => {
    const [n, p, c] = [Math.floor(i / (pixels * channels)), Math.floor(i / channels) % pixels, i % channels];
    return data[(n * channels + c) * pixels + p]!;
  };
  return { shape: [batch, height, width, channels], data: Float32Array.from({ length: data.length }, (_, i) => at(i)) };
}
