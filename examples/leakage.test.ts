import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

interface Results {
  rows: { leaked: number; auroc: number; lower: number; upper: number }[];
  refused: string;
}

test('the image AUROC climbs with every leaked picture, and roles refuse the leak', { timeout: 120_000 }, async () => {
  const args = ['--import', 'tsx', '--conditions=@adlib/source', 'examples/leakage.ts'];
  await promisify(execFile)(process.execPath, args);
  const { rows, refused } = JSON.parse(await readFile('runs/leakage/results.json', 'utf8')) as Results;
  expect(rows.map(({ leaked }) => leaked)).toEqual([0, 1, 2, 5, 10, 20, 50, 100]);
  const clean = rows[0]!.auroc;
  expect(clean).toBeLessThan(0.9);
  for (const [i, row] of rows.entries()) {
    expect(row.lower).toBeLessThanOrEqual(row.auroc);
    expect(row.upper).toBeGreaterThanOrEqual(row.auroc);
    if (i > 0) expect(row.auroc).toBeGreaterThan(rows[i - 1]!.auroc);
    // Leaked pictures score 0, below every defect: the figure is known in closed form.
    const [good, leaked] = [10, row.leaked];
    expect(row.auroc).toBeCloseTo((good * clean + leaked) / (good + leaked), 10);
  }
  expect(refused).toMatch(/test\/good\/leaked.png .* have the same content: a leak/);
});
