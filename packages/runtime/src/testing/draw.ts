import { createRandom, type Random } from '@adlib/core';
import type { HostTensor } from '../session/tensor.js';

/** Makes random tensors for one test, the same at every run. */
export interface Draw {
  /** Normal numbers. */
  normal(...shape: number[]): HostTensor;
  /** Numbers in [low, high). */
  uniform(low: number, high: number, ...shape: number[]): HostTensor;
  /** Numbers of which no two are closer than 0.1: no ties, and no kink is met by a small step. */
  distinct(...shape: number[]): HostTensor;
  /** Integers in [low, high). */
  integers(low: number, high: number, ...shape: number[]): HostTensor;
  /** Truth values. */
  booleans(...shape: number[]): HostTensor;
}

/**
 * A source of random tensors.
 *
 * @param name - names the stream: tests do not disturb each other
 * @returns the source
 */
export function createDraw(name: string): Draw {
  const random = createRandom(20_26).split(name);
  const floats = (shape: readonly number[], next: (random: Random) => number): HostTensor => ({
    shape,
    data: Float32Array.from({ length: count(shape) }, () => next(random)),
  });
  return {
    normal: (...shape) => floats(shape, (r) => r.normal()),
    uniform: (low, high, ...shape) => floats(shape, (r) => r.uniform(low, high)),
    distinct: (...shape) => {
      const order = random.permutation(count(shape));
      return { shape, data: Float32Array.from(order, (i) => 0.1 * (i - 0.4 * order.length) + 0.05) };
    },
    integers: (low, high, ...shape) => ({
      shape,
      data: Int32Array.from({ length: count(shape) }, () => low + random.integer(high - low)),
    }),
    booleans: (...shape) => ({ shape, data: Uint8Array.from({ length: count(shape) }, () => random.integer(2)) }),
  };
}

function count(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
