import { expect, test } from 'vitest';
import { ensemble, ensembleScore } from './ensemble.js';

const good = Array.from({ length: 50 }, (_, i) => [Math.sin(i), 1000 + 100 * Math.cos(2 * i), 0.01 * ((i * 7) % 11)]);

test('every score counts alike, whatever its unit', () => {
  const fitted = ensemble(good);
  const base = [0, 1000, 0.05];
  const rises = fitted.scaling.sd.map((sd, j) => {
    const row = base.slice();
    row[j]! += sd;
    return ensembleScore(fitted, row) - ensembleScore(fitted, base);
  });
  rises.forEach((rise) => expect(rise).toBeCloseTo(1 / 3, 9));
});

test('max flags what one score alone finds', () => {
  const fitted = ensemble(good, { combine: 'max', rule: 'meanPlusSigma', options: { k: 3 } });
  expect(ensembleScore(fitted, [0, 1000, 5])).toBeGreaterThan(fitted.threshold.value);
  expect(ensembleScore(fitted, [0, 1000, 0.05])).toBeLessThan(fitted.threshold.value);
  expect(fitted.threshold.parameters['k']).toBe(3);
});

test('is plain JSON', () => {
  const fitted = ensemble(good);
  expect(JSON.parse(JSON.stringify(fitted))).toEqual(fitted);
});

test('refuses what it cannot use', () => {
  expect(() => ensemble([[1, 2]])).toThrow('at least 2 rows');
  expect(() => ensemble(good, { rule: 'maxF1' })).toThrow('scores.defective');
  expect(() => ensemble(good, { combine: 'vote' as 'max' })).toThrow("'mean' or 'max'");
  expect(() => ensembleScore(ensemble(good), [1])).toThrow('must have 3 scores');
});
