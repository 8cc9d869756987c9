import { createRandom, type Image } from '@adlib/core';
import { expect, test } from 'vitest';
import { compareChannels } from './compareChannels.js';
import { localSimilarity, type LocalSettings } from './localSimilarity.js';
import { toPlanes } from './planes.js';
import { croppedMean } from './regions.js';
import { gaussianWindow, uniformWindow } from './window.js';

test.each([
  { width: 257, channels: 3, radius: 5 }, // the second strip lies within the window's reach of the edge
  { width: 520, channels: 3, radius: 3 },
  { width: 800, channels: 1, radius: 5 },
  { width: 770, channels: 1, radius: 8 },
  { width: 17, channels: 3, radius: 8 },
] as const)('strips do not show: $width wide, $channels channels, radius $radius', ({ width, channels, radius }) => {
  const height = 19;
  const random = createRandom(6);
  const image = (make: (v: number) => number): Image['data'] =>
    Uint8Array.from({ length: height * width * channels }, () => make(random.uniform()));
  const x: Image = { data: image((v) => 255 * v), width, height, channels };
  const y: Image = {
    data: Float32Array.from(x.data, (v) => v / 300 + 0.1 * random.uniform()),
    width,
    height,
    channels,
  };
  const settings: LocalSettings = {
    window: radius === 5 ? gaussianWindow(1.5, radius) : uniformWindow(2 * radius + 1),
    c1: 1e-4,
    c2: 9e-4,
    covariance: 1.02,
  };
  const { similarity, map } = compareChannels(x, y, settings);
  const size = [height, width] as const;
  const [own, other] = [toPlanes(x, 'channels'), toPlanes(y, 'channels')];
  const planes = own.map((plane, c) => localSimilarity(plane, other[c]!, size, settings, 'product'));
  const mean = planes.reduce((sum, plane) => sum + croppedMean(plane, size, radius), 0) / channels;
  expect(similarity).toBeCloseTo(mean, 12);
  map.data.forEach((value, i) => {
    const expected = 1 - planes.reduce((sum, plane) => sum + plane[i]!, 0) / channels;
    expect(Math.abs(value - expected)).toBeLessThan(1e-7);
  });
});
