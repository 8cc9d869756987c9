import { describe, expect, test } from 'vitest';
import { createRandom } from '@adlib/core';
import { monitorThreshold } from './monitorThreshold.js';
import { quantile } from './quantile.js';

describe('monitorThreshold', () => {
  test('follows the quantile of the scores so far', () => {
    const random = createRandom(1);
    const monitor = monitorThreshold();
    const scores = Float64Array.from({ length: 20_000 }, () => -Math.log(1 - random.uniform()));
    scores.forEach((score) => monitor.add(score));
    expect(monitor.threshold().value).toBeCloseTo(quantile(scores).value, 1);
    expect(monitor.count).toBe(20_000);
    expect(monitor.threshold().fittedOn.n).toBe(20_000);
    expect(monitor.threshold().warnings).toEqual([]);
  });

  test('with a half-life it forgets the past', () => {
    const monitor = monitorThreshold({ q: 0.5, halfLife: 500, compression: 50 });
    for (let i = 0; i < 5000; i++) monitor.add(i % 10);
    for (let i = 0; i < 5000; i++) monitor.add(100 + (i % 10));
    expect(monitor.threshold().value).toBeGreaterThan(100);
    expect(monitor.threshold().parameters['effectiveScores']).toBeLessThan(1200);
    const steady = monitorThreshold({ q: 0.5, compression: 50 });
    for (let i = 0; i < 5000; i++) steady.add(i % 10);
    for (let i = 0; i < 4000; i++) steady.add(100 + (i % 10));
    expect(steady.threshold().value).toBeLessThan(100);
  });

  test('goes on from its JSON as if it had never stopped', () => {
    const random = createRandom(2);
    const scores = Array.from({ length: 4000 }, () => random.normal());
    const monitor = monitorThreshold({ q: 0.9, halfLife: 1e6 });
    scores.forEach((score) => monitor.add(score));
    const state = JSON.parse(JSON.stringify(monitor)) as ReturnType<typeof monitor.toJSON>;
    const resumed = monitorThreshold({ state });
    scores.forEach((score) => {
      monitor.add(score + 1);
      resumed.add(score + 1);
    });
    expect(resumed.threshold()).toEqual(monitor.threshold());
    expect(monitorThreshold({ state: JSON.parse(JSON.stringify(monitorThreshold())) as typeof state }).count).toBe(0);
  });

  test('warns while young, refuses what it cannot use', () => {
    const monitor = monitorThreshold();
    expect(() => monitor.threshold()).toThrow('Add scores first');
    monitor.add(3);
    expect(monitor.threshold().value).toBe(3);
    expect(monitor.threshold().warnings.join()).toContain('100 or more are needed');
    expect(() => monitor.add(NaN)).toThrow('monitorThreshold: score 1 must be a finite number, got NaN');
    expect(monitor.count).toBe(1);
    expect(() => monitorThreshold({ q: 1 })).toThrow('in (0, 1)');
    expect(() => monitorThreshold({ halfLife: 0 })).toThrow(RangeError);
  });
});
