import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { FilterBank } from './filterBank.js';

const bank = new FilterBank();

/** A grey picture by its brightness at (row, column), `[1, height, width, 3]`. */
function grey(height: number, width: number, at: (y: number, x: number) => number): tf.Tensor4D {
  const data = Float32Array.from({ length: height * width * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return at(Math.floor(pixel / width), pixel % width);
  });
  return tf.tensor4d(data, [1, height, width, 3]);
}

/** Values of one layer in the middle of its map. */
function middle(x: tf.Tensor4D, layer: string): Float32Array {
  const [map] = bank.features(x, {}, [layer]);
  const [, rows, columns, channels] = map!.shape;
  const at = (Math.floor(rows / 2) * columns + Math.floor(columns / 2)) * channels;
  const values = (map!.dataSync() as Float32Array).slice(at, at + channels);
  tf.dispose([x, map!]);
  return values;
}

test('strides and channels are those of the layers; sides round up; nothing is left behind', () => {
  const x = grey(50, 37, () => 0);
  const before = tf.memory().numTensors;
  const maps = bank.features(x, {}, ['layer3', 'layer1', 'layer2']);
  expect(maps.map(({ shape }) => shape)).toEqual([
    [1, 4, 3, 57],
    [1, 13, 10, 27],
    [1, 7, 5, 57],
  ]);
  tf.dispose(maps);
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
});

test('an even picture has no energy, only its colour', () => {
  for (const layer of ['layer1', 'layer2', 'layer3']) {
    const values = middle(
      grey(64, 64, () => 0.7),
      layer,
    );
    expect(Math.max(...values.slice(0, -3))).toBeLessThan(0.01);
    expect(values.at(-3)).toBeCloseTo(0.7 * Math.sqrt(3), 5);
    expect(Math.abs(values.at(-1)!)).toBeLessThan(1e-5);
  }
});

test('stripes have most energy in the filter across them', () => {
  const wave = (v: number) => Math.cos((Math.PI / 2) * v);
  const largest = (values: Float32Array) => values.indexOf(Math.max(...values));
  expect(largest(middle(grey(64, 96, (_, x) => wave(x)), 'layer1').slice(0, 6))).toBe(0); // prettier-ignore
  expect(largest(middle(grey(64, 96, (y) => wave(y)), 'layer1').slice(0, 6))).toBe(3); // prettier-ignore
  // Four times as coarse, the next octave but one answers: the first filters of layer2.
  expect(largest(middle(grey(96, 64, (_, x) => wave(x / 4)), 'layer2').slice(0, 6))).toBe(0); // prettier-ignore
});

test('unknown layers and pictures that are too small are refused', () => {
  expect(() => bank.tensors(['layer4'])).toThrow(/filter-bank: layers must be 'layer1', 'layer2', or 'layer3'/);
  const x = grey(31, 64, () => 0);
  expect(() => bank.features(x, {}, ['layer1'])).toThrow(/at least 32×32 pixels, got \[31, 64\]/);
  x.dispose();
});
