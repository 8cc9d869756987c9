import { expect, test } from 'vitest';
import { decide } from './threshold.js';
import { conformal } from './conformal.js';
import { quantile } from './quantile.js';
import { combineLimits, reviewBand } from './reviewBand.js';

test('spans the overlap: no given part is decided wrongly', () => {
  const good = [1, 2, 3, 6, 7];
  const defective = [5, 6, 8, 9];
  const band = reviewBand(good, defective);
  expect([band.lower, band.value]).toEqual([4, 7]);
  expect(good.map((s) => decide(band, s))).toEqual(['good', 'good', 'good', 'review', 'review']);
  expect(defective.map((s) => decide(band, s))).toEqual(['review', 'review', 'defective', 'defective']);
  expect(band.parameters).toMatchObject({ reviewedGood: 0.4, reviewedDefective: 0.5, missRate: 0, recall: 0.5 });
});

test('rates trade review for errors', () => {
  const good = Array.from({ length: 100 }, (_, i) => i);
  const defective = Array.from({ length: 50 }, (_, i) => 60 + 2 * i);
  const band = reviewBand(good, defective, { fpr: 0.1, missRate: 0.1 });
  expect(band.value).toBe(89);
  expect(band.lower).toBe(69.5);
  expect(good.filter((s) => s > band.value)).toHaveLength(10);
  expect(defective.filter((s) => s <= band.lower!)).toHaveLength(5);
});

test('needs no band where the kinds are apart', () => {
  const band = reviewBand([1, 2, 3], [7, 9]);
  expect(band.value).toBe(5);
  expect(band).not.toHaveProperty('lower');
});

test('refuses one kind missing', () => {
  expect(() => reviewBand([1], [])).toThrow('reviewBand: defective must have at least 1 score');
  expect(() => reviewBand([1], [2], { fpr: -1 })).toThrow(RangeError);
});

test('combineLimits joins two limits in any order', () => {
  const good = Array.from({ length: 400 }, (_, i) => i);
  const low = quantile(good, { q: 0.9 });
  const high = conformal(good, { fpr: 0.01 });
  const band = combineLimits(high, low);
  expect([band.lower, band.value, band.rule]).toEqual([low.value, high.value, 'conformal']);
  expect(band.parameters['lowerRule']).toBe('quantile');
  expect(combineLimits(low, high)).toEqual(band);
  expect(combineLimits(low, low)).not.toHaveProperty('lower');
  expect(() => combineLimits(band, low)).toThrow('combineLimits');
});
