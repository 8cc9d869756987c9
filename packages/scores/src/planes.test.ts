import type { Image } from '@adlib/core';
import { expect, test } from 'vitest';
import { toPlanes } from './planes.js';

const image: Image = {
  data: Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => 5 * i),
  width: 5,
  height: 3,
  channels: 3,
};

test.each([false, true])('planes on 0..1, or on a scale of their own, plain: %s', (plain) => {
  const planes = toPlanes(image, 'channels', undefined, plain);
  expect(planes.map((plane) => plane.length)).toEqual([15, 15, 15]);
  expect(planes[1]![7]).toBeCloseTo(image.data[22]! / 255, 15);
  const [grey] = toPlanes(image, 'grey', 1, plain);
  expect(grey).toHaveLength(15);
  expect(grey![7]).toBeCloseTo(0.299 * 105 + 0.587 * 110 + 0.114 * 115, 12);
});

test('one channel is its own grey', () => {
  const wide: Image = { data: Uint16Array.of(0, 65535, 13107), width: 3, height: 1, channels: 1 };
  expect([...toPlanes(wide, 'grey')[0]!]).toEqual([0, 1, 0.2]);
});
