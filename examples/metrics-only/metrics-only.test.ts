import { expect, test } from 'vitest';
import { compute, parseScores } from './compute.js';
import { readNpy, writeNpy } from './npy.js';

test('figures from a table and maps', async () => {
  const rows = parseScores('id,defect,score\na,good,1\nb,good,2\nc,dent,3\nd,dent,1.5\n');
  const map = readNpy(writeNpy(Float32Array.of(0, 1, 5, 2, 3, 4), [2, 3]));
  const mask = readNpy(writeNpy(Uint8Array.of(0, 0, 1, 0, 0, 1), [2, 3]));
  const found = await compute(rows, [{ map, mask, group: 'dent' }], 1.7);
  expect(found.image.auroc).toBe(0.75);
  expect(found.decision).toMatchObject({ tp: 1, fp: 1, tn: 1, fn: 1 });
  expect(found.pixel).toMatchObject({ auroc: 1, aupro: 1, maps: 1 });
  expect(found.perDefect.map(({ defect }) => defect)).toEqual(['good', 'dent']);
  expect(found.warnings).toHaveLength(2);
});

test('says what is wrong with a file', () => {
  expect(() => parseScores('id,value\na,1')).toThrow('The CSV needs a column score; it has id, value.');
  expect(() => parseScores('id,score,defect\na,high,good')).toThrow('Line 2 of the CSV has no number');
  expect(() => readNpy(new TextEncoder().encode('<!doctype html>'))).toThrow(/^Not a row-major/);
});
