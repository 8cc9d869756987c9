import { expect, test } from 'vitest';
import { fuzz } from '../../../benchmarks/fuzz/pool.js';

test('200 damaged files: each is read, or refused with an error that names it', async () => {
  const results = await fuzz({ seed: 2, from: 0, count: 200, bundles: false, limit: 20_000 });
  expect(results.filter(({ outcome }) => outcome !== 'read' && outcome !== 'refused')).toEqual([]);
  expect(results.filter(({ outcome }) => outcome === 'read').length).toBeGreaterThan(20);
  expect(results.filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThan(80);
});
