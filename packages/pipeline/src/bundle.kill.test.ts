import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@adlib/core';
import { MeanImage } from '@adlib/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadBundle } from './bundle.js';

/** Saves bundle 1, 2, 3, ... over each other for ever; bundle n says n in its facts and in every weight. */
const CHILD = `
import { saveBundle } from '@adlib/pipeline/node';
const shape = [200, 200, 3];
for (let n = Number(process.argv[2]); ; n++) {
  const tensor = { shape, data: new Float32Array(120_000).fill(n) };
  const state = { kind: 'mean-image', options: { size: 200, epsilon: 1 }, facts: { images: n }, tensors: { mean: tensor, variance: tensor } };
  await saveBundle(process.argv[1], { detector: { save: () => state } });
  if (n === Number(process.argv[2])) process.stdout.write('saving');
}`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-kill-'));
});
afterAll(() => rm(dir, { recursive: true }));

/** Starts the child, waits until it saves, kills it after some time. */
async function killWhileSaving(from: number, ms: number): Promise<void> {
  const node = ['--import', 'tsx', '--conditions=@adlib/source', '--input-type=module', '--eval', CHILD];
  const child = spawn(process.execPath, [...node, join(dir, 'bundle'), String(from)], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', () => reject(new Error('the saving process ended by itself')));
  });
  await sleep(ms);
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
}

test('kill -9 in the middle of a save, 20 times: a whole bundle always loads', { timeout: 300_000 }, async () => {
  const random = createRandom(1);
  let last = 0;
  let interrupted = 0;
  for (let round = 0; round < 20; round++) {
    await killWhileSaving(last + 1, random.uniform(0, 60));
    if ((await readdir(join(dir, 'bundle'))).length > 2) interrupted++;
    const { detector, description } = await loadBundle(join(dir, 'bundle'), (_, options) => new MeanImage(options));
    const n = Number(description.facts['images']);
    expect(n).toBeGreaterThan(last);
    for (const { data } of Object.values(detector.save().tensors)) expect(data.every((v) => v === n)).toBe(true);
    last = n;
  }
  // Files of an unfinished save were left behind: the kills did land in the middle.
  expect(interrupted).toBeGreaterThan(5);
});
