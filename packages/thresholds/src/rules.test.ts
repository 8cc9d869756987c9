import { describe, expect, test } from 'vitest';
import * as everything from './index.js';
import { fitThreshold, thresholdRules } from './rules.js';

describe('thresholdRules', () => {
  test('each rule is an exported function and names itself in its result', () => {
    const good = Array.from({ length: 400 }, (_, i) => Math.sqrt(i));
    const defective = Array.from({ length: 40 }, (_, i) => 15 + i);
    for (const rule of thresholdRules) {
      expect(everything).toHaveProperty(rule.name);
      const options = { medianMultiple: { lambda: 2 }, cost: { miss: 10 } }[rule.name] ?? {};
      const threshold = fitThreshold(rule.name, { good, defective }, options);
      expect(threshold.rule).toBe(rule.name);
      expect(JSON.parse(JSON.stringify(threshold))).toEqual(threshold);
    }
  });
});

describe('fitThreshold', () => {
  test('passes the options on', () => {
    expect(fitThreshold('quantile', { good: [1, 2, 3, 4, 10] }, { q: 0.9 }).value).toBeCloseTo(7.6, 12);
  });

  test('says which rule needs defective scores', () => {
    expect(() => fitThreshold('maxF1', { good: [1, 2] })).toThrow(
      'scores.defective must be given for maxF1, got undefined',
    );
    expect(fitThreshold('otsu', { good: [1, 2] }).value).toBeCloseTo(1.5, 2);
  });

  test('lists the rules when the name is unknown', () => {
    expect(() => fitThreshold('sigma', { good: [1, 2] })).toThrow("'meanPlusSigma'");
  });
});
