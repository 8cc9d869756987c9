import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { EvaluationResults } from '@adlib/pipeline';

test('the quickstart trains, evaluates and writes what the README says', { timeout: 300_000 }, async () => {
  const args = ['--import', 'tsx', '--conditions=@adlib/source', 'examples/quickstart.ts'];
  const began = Date.now();
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toContain('test/dent/000.png');
  const results = JSON.parse(await readFile('runs/quickstart/results.json', 'utf8')) as EvaluationResults;
  expect(results.schema).toBe('adlib.evaluation/1');
  expect(results.image.auroc).toBeGreaterThanOrEqual(0.9);
  for (const file of ['report.html', 'bundle/detector.json', 'bundle/weights.safetensors']) {
    expect((await stat(`runs/quickstart/${file}`)).mtimeMs).toBeGreaterThanOrEqual(began - 1000);
  }
});
