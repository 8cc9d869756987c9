import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { fuzz } from './pool.js';

test('a crash, a hang and a wrong error are seen, and the cases after them are run', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'adlib-fuzz-')), 'child.mjs');
  await writeFile(
    file,
    `process.on('message', (index) => {
      if (index === 1) process.kill(process.pid, 'SIGSEGV');
      if (index === 2) for (;;);
      process.send({ index, kind: 'x', outcome: index === 3 ? 'wrong error' : 'read', ms: 1, message: '' });
    });
    process.on('disconnect', () => process.exit(0));
    process.send('ready');`,
  );
  const options = { seed: 1, from: 0, count: 5, bundles: false, limit: 1500, child: pathToFileURL(file) };
  const results = await fuzz(options);
  expect(results.map(({ index, outcome }) => [index, outcome])).toEqual([
    [-1, 'read'],
    [0, 'read'],
    [1, 'crash'],
    [2, 'hang'],
    [3, 'wrong error'],
    [4, 'read'],
  ]);
  expect(results[2]!.message).toBe('the process ended with SIGSEGV');
});
