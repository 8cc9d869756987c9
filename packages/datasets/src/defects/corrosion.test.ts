import { createRandom, type Image, type Mask } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { corrode, corrosion } from './corrosion.js';

const plate = (channels: 1 | 3, kind: 'eight' | 'sixteen' | 'float' = 'eight'): Image => {
  const values = Array.from({ length: 90 * 60 * channels }, (_, i) => 0.6 + 0.2 * Math.sin(i / channels / 13));
  const data =
    kind === 'float'
      ? Float32Array.from(values)
      : kind === 'eight'
        ? Uint8Array.from(values, (v) => v * 255)
        : Uint16Array.from(values, (v) => v * 65535);
  return { data, width: 90, height: 60, channels };
};
const area = ({ data }: Mask): number => data.reduce((a, b) => a + b, 0);
const region: Mask = {
  data: Uint8Array.from({ length: 5400 }, (_, i) => (i % 90 < 50 && i >= 900 ? 1 : 0)),
  width: 90,
  height: 60,
};

describe('corrode', () => {
  test.each([
    [1, 'eight'],
    [3, 'eight'],
    [1, 'sixteen'],
    [3, 'float'],
  ] as const)('%i channels, %s: the masked pixels change, and no others; their share is as asked', (channels, kind) => {
    const image = plate(channels, kind);
    const before = image.data.slice();
    for (const severity of [0, 0.01, 0.3, 1]) {
      const { image: out, mask } = corrode(image, createRandom(2), { severity, spread: 0.5 });
      expect(area(mask)).toBe(Math.round(severity * 0.5 * 5400));
      expect(out.data.constructor).toBe(image.data.constructor);
      let changed = 0;
      for (let i = 0; i < out.data.length; i++) {
        const rusty = mask.data[Math.floor(i / channels)] === 1;
        if (out.data[i] === before[i]) continue;
        if (!rusty) throw new Error(`value ${i} of severity ${severity}`);
        changed++;
      }
      // A few values happen to have the colour of rust already.
      expect(changed).toBeGreaterThanOrEqual(0.95 * area(mask) * channels);
    }
    expect(image.data).toEqual(before);
  });

  test('grows: no rusty pixel gets better, and each is farther from good than before', () => {
    const image = plate(3, 'float');
    let last = corrode(image, createRandom(7), { severity: 0 });
    for (let step = 1; step <= 20; step++) {
      const next = corrode(image, createRandom(7), { severity: step / 20 });
      for (let i = 0; i < 5400; i++) {
        expect(next.mask.data[i]! >= last.mask.data[i]!).toBe(true);
        for (let c = 0; c < 3; c++) {
          const change = (one: Image): number => Math.abs(one.data[3 * i + c]! - image.data[3 * i + c]!);
          if (change(next.image) < change(last.image) - 1e-6) throw new Error(`pixel ${i} got better at ${step}`);
        }
      }
      last = next;
    }
  });

  test('stays in its region; the seed decides where', () => {
    const { mask } = corrode(plate(1), createRandom(3), { region, severity: 1, spread: 0.4 });
    expect(area(mask)).toBe(Math.round(0.4 * area(region)));
    expect(mask.data.every((one, i) => one <= region.data[i]!)).toBe(true);
    expect(corrode(plate(1), createRandom(3)).mask).toEqual(corrode(plate(1), createRandom(3)).mask);
    expect(corrode(plate(1), createRandom(3)).mask).not.toEqual(corrode(plate(1), createRandom(4)).mask);
  });

  test('is in patches, not in single pixels: most neighbours of rust are rust', () => {
    const { mask } = corrode(plate(1), createRandom(5), { severity: 1, spread: 0.3 });
    let [pairs, same] = [0, 0];
    for (let i = 0; i < 5399; i++) {
      if (mask.data[i] === 0 || i % 90 === 89) continue;
      pairs++;
      same += mask.data[i + 1]!;
    }
    // By chance it would be 0.3.
    expect(same / pairs).toBeGreaterThan(0.8);
  });
});

describe('corrosion', () => {
  test('masks grow by the same amount each week and hold the one before; noise is new every week', () => {
    const image = plate(3);
    const steps = corrosion(image, 4, createRandom(1), { region, severity: 0.8, spread: 0.5 });
    expect(steps.map(({ week }) => week)).toEqual([0, 1, 2, 3, 4]);
    expect(steps.map(({ severity }) => Number(severity.toFixed(9)))).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(steps.map(({ mask }) => area(mask))).toEqual([0, 1, 2, 3, 4].map((w) => Math.round(0.1 * w * area(region))));
    for (let week = 1; week < 5; week++) {
      expect(steps[week]!.mask.data.every((one, i) => one >= steps[week - 1]!.mask.data[i]!)).toBe(true);
    }
    const noiseOf = (week: number): number[] => [...steps[week]!.image.data.subarray(0, 2700)];
    expect(noiseOf(1)).not.toEqual(noiseOf(2));
    const difference = noiseOf(0).map((v, i) => (v - image.data[i]!) / 255);
    const sd = Math.sqrt(difference.reduce((sum, d) => sum + d * d, 0) / difference.length);
    expect(sd).toBeGreaterThan(0.008);
    expect(sd).toBeLessThan(0.012);
    expect(corrosion(image, 4, createRandom(1), { region, severity: 0.8, spread: 0.5 })).toEqual(steps);
    const [still] = corrosion(image, 1, createRandom(1), { noise: 0 });
    expect(still!.image.data).toEqual(image.data);
    expect(still!.image.data).not.toBe(image.data);
  });

  test('refuses wrong arguments', () => {
    const image = plate(1);
    expect(() => corrosion(image, 0, createRandom(1))).toThrow('weeks must be an integer in [1, 10000], got 0');
    expect(() => corrosion(image, 2, createRandom(1), { noise: -1 })).toThrow(
      'noise must be a finite number in [0, 1]',
    );
    expect(() => corrode(image, createRandom(1), { severity: 2 })).toThrow(
      'severity must be a finite number in [0, 1]',
    );
    expect(() => corrode(image, createRandom(1), { week: 2 } as object)).toThrow('got week');
    const empty = { ...region, data: new Uint8Array(5400) };
    expect(() => corrode(image, createRandom(1), { region: empty })).toThrow('region must have a pixel that is 1');
    expect(() => corrode(image, createRandom(1), { region: { ...region, width: 3 } })).toThrow(
      'region must be a mask of 60×90',
    );
  });
});
