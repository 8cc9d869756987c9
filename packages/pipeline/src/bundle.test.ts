import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Detector } from '@adlib/core';
import type { Threshold } from '@adlib/thresholds';
import { MeanImage, tinyParts } from '@adlib/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadBundle, saveBundle } from './bundle.js';
import { formatDescription, type BundleDescription } from './bundleFormat.js';

const make = (kind: string, options: Readonly<Record<string, unknown>>): Detector => {
  if (kind !== 'mean-image') throw new RangeError(`createDetector: kind must be 'mean-image', got '${kind}'.`);
  return new MeanImage(options);
};
const threshold: Threshold = {
  rule: 'fixed',
  value: 12.5,
  fittedOn: { n: 3, good: 3, defective: 0 },
  parameters: { k: 2 },
  warnings: ['few'],
};
const probes = tinyParts({ count: 3, seed: 8, width: 31 });
const old = new MeanImage({ size: 8 });
const fresh = new MeanImage({ size: 9 });

let dir: string;
beforeAll(async () => {
  await old.fit(tinyParts({ seed: 1 }));
  await fresh.fit(tinyParts({ seed: 2 }));
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-bundle-'));
});
afterEach(() => rm(dir, { recursive: true }));

const weights = () => join(dir, 'weights.safetensors');
const next = () => join(dir, 'weights.safetensors.next');
const description = () => join(dir, 'detector.json');
const loadedSize = async () => {
  const { detector, description: d } = await loadBundle(dir, make);
  const [own] = await detector.score(probes.slice(0, 1));
  const [expected] = await (detector.options['size'] === 8 ? old : fresh).score(probes.slice(0, 1));
  expect(own!.score).toBe(expected!.score);
  expect(d.options['size']).toBe(detector.options['size']);
  return detector.options['size'];
};

describe('round trip', () => {
  test('gives the same scores, threshold, facts and provenance', async () => {
    const provenance = {
      calibration: { scores: { n: 1, min: 1, mean: 1, median: 1, max: 1, sd: 0 }, mapRange: null },
      notes: { line: 'ü' },
    };
    await saveBundle(dir, { detector: old, threshold, provenance });
    const bundle = await loadBundle(dir, make);
    expect(await bundle.detector.score(probes)).toEqual(await old.score(probes));
    expect(bundle.threshold).toEqual(threshold);
    expect(bundle.description).toMatchObject({
      schema: 'adlib.bundle/1',
      kind: 'mean-image',
      options: { size: 8 },
      facts: { images: 8 },
      provenance,
    });
    expect((await readdir(dir)).sort()).toEqual(['detector.json', 'weights.safetensors']);
  });

  test('makes folders, allows no threshold, and replaces an older bundle without touching other files', async () => {
    const deep = join(dir, 'a', 'b');
    await saveBundle(deep, { detector: old });
    await writeFile(join(deep, 'notes.txt'), 'mine');
    await writeFile(join(deep, 'detector.json.bak'), 'mine');
    await saveBundle(deep, { detector: fresh, threshold });
    const bundle = await loadBundle(deep, make);
    expect([bundle.detector.options['size'], bundle.threshold?.value]).toEqual([9, 12.5]);
    expect((await readdir(deep)).sort()).toEqual([
      'detector.json',
      'detector.json.bak',
      'notes.txt',
      'weights.safetensors',
    ]);
    expect(await readFile(join(deep, 'notes.txt'), 'utf8')).toBe('mine');
  });

  test('a description that was only laid out anew still loads', async () => {
    await saveBundle(dir, { detector: old });
    await writeFile(description(), JSON.stringify(JSON.parse(await readFile(description(), 'utf8'))));
    expect(await loadedSize()).toBe(8);
  });
});

describe('damage is refused by name', () => {
  beforeEach(() => saveBundle(dir, { detector: old, threshold }));
  const refused = async (...texts: string[]) => {
    const error = await loadBundle(dir, make).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'BundleError' });
    for (const text of texts) expect((error as Error).message).toContain(text);
  };

  test('one bit of the weights', async () => {
    const bytes = await readFile(weights());
    bytes[bytes.length - 3]! ^= 1;
    await writeFile(weights(), bytes);
    await refused(weights(), 'was changed or truncated', 'its hash differs');
  });

  test('cut weights, at every kind of place', async () => {
    const { length } = await readFile(weights());
    for (const size of [length - 1, length >> 1, 9, 8, 0]) {
      await truncate(weights(), size);
      await refused(weights(), `it has ${size} bytes, not ${length}`);
    }
  });

  test('missing weights', async () => {
    await rm(weights());
    await refused(weights(), 'is missing');
  });

  test('any changed letter of the description', async () => {
    const text = await readFile(description(), 'utf8');
    for (const change of [
      text.replace('12.5', '13.5'),
      text.replace('"size": 8', '"size": 9'),
      text.replace('"few"', '"many"'),
      text.slice(0, -20),
      text.slice(0, 30),
      '',
      '[]',
      'null',
    ]) {
      expect(change).not.toBe(text);
      await writeFile(description(), change);
      await refused(description());
    }
  });

  test('another version and another kind of file', async () => {
    await writeFile(description(), '{"schema":"adlib.bundle/2"}');
    await refused("'adlib.bundle/2'", 'Use a newer version');
    await writeFile(description(), '{"name":"a package"}');
    await refused('is not a bundle');
  });

  test('no bundle at all, and a path that is a file', async () => {
    await rm(description());
    await refused(`there is no ${description()}`);
    await expect(loadBundle(weights(), make)).rejects.toMatchObject({ name: 'BundleError' });
  });

  test('a detector that is unknown here', async () => {
    const none = () => {
      throw new RangeError('no such kind');
    };
    await expect(loadBundle(dir, none)).rejects.toThrow('asks for a detector that cannot be made here: no such kind');
  });

  test('weights that do not fit the detector', async () => {
    const wrong = () => new MeanImage({ size: 5 });
    await expect(loadBundle(dir, wrong)).rejects.toThrow('does not fit the detector');
  });
});

describe('a save that was cut off', () => {
  /** The folder's files as they are after the old save, and after the new one. */
  const files = async () => {
    await saveBundle(dir, { detector: old });
    const before = { json: await readFile(description()), weights: await readFile(weights()) };
    await saveBundle(dir, { detector: fresh });
    const after = { json: await readFile(description()), weights: await readFile(weights()) };
    return { before, after };
  };

  test.each([
    ['while the new weights were written', 'before', 'before', 0.5, 8],
    ['before the description was replaced', 'before', 'before', 1, 8],
    ['before the new weights took their place', 'after', 'before', 1, 9],
    ['at the very end', 'after', 'after', undefined, 9],
  ] as const)('%s: loads, and the next save repairs', async (_, json, tensors, part, size) => {
    const states = await files();
    const arrange = async () => {
      await writeFile(description(), states[json].json);
      await writeFile(weights(), states[tensors].weights);
      await rm(next(), { force: true });
      if (part !== undefined)
        await writeFile(next(), states.after.weights.subarray(0, part * states.after.weights.length));
      await writeFile(join(dir, 'detector.json.0123456789ab.tmp'), '{');
      await writeFile(join(dir, 'weights.safetensors.next.0123456789ab.tmp'), '{');
    };
    await arrange();
    expect(await loadedSize()).toBe(size);
    for (const detector of [old, fresh]) {
      await arrange();
      await saveBundle(dir, { detector });
      expect(await loadedSize()).toBe(detector.options.size);
      expect((await readdir(dir)).sort()).toEqual(['detector.json', 'weights.safetensors']);
    }
  });

  test('a new save that fails on a repaired folder leaves the repaired bundle', async () => {
    const states = await files();
    await writeFile(description(), states.after.json);
    await writeFile(weights(), states.before.weights);
    await writeFile(next(), states.after.weights);
    await expect(saveBundle(dir, { detector: new MeanImage() })).rejects.toMatchObject({ name: 'NotFittedError' });
    expect(await loadedSize()).toBe(9);
  });

  test('a first save that was cut off is no bundle', async () => {
    await saveBundle(dir, { detector: old });
    await rename(weights(), next());
    await rm(description());
    await expect(loadBundle(dir, make)).rejects.toThrow('there is no');
  });
});

describe('a save that fails', () => {
  test('leaves the old bundle and nothing else', async () => {
    await saveBundle(dir, { detector: old });
    await rm(description());
    await mkdir(description()); // a folder in the way: the description cannot be replaced
    await expect(saveBundle(dir, { detector: fresh })).rejects.toThrow();
    expect((await readdir(dir)).sort()).toEqual(['detector.json', 'weights.safetensors']);
  });

  test('refuses what JSON would lose', async () => {
    for (const notes of [{ a: NaN }, { a: [Infinity] }, { a: new Date() }, { a: () => 1 }]) {
      await expect(saveBundle(dir, { detector: old, provenance: { notes } })).rejects.toThrow(
        'saveBundle: provenance.notes.a',
      );
    }
    await expect(saveBundle(dir, { detector: old, treshold: threshold } as never)).rejects.toThrow(TypeError);
    expect(await readdir(dir)).toEqual([]);
  });
});

test('reading while another process saves never fails', async () => {
  await saveBundle(dir, { detector: old });
  let saving = true;
  const saves = (async () => {
    for (let i = 0; i < 15; i++) await saveBundle(dir, { detector: i % 2 === 0 ? fresh : old });
    saving = false;
  })();
  let loads = 0;
  while (saving) {
    await loadedSize();
    loads++;
  }
  await saves;
  expect(loads).toBeGreaterThan(3);
});

test.each<[string, object]>([
  ['no weights', { weights: undefined }],
  ['weights without a hash', { weights: {} }],
  ['no kind', { kind: undefined }],
  ['a kind that is no text', { kind: 3 }],
  ['options that are a list', { options: [] }],
  ['no facts', { facts: null }],
  ['a threshold without a value', { threshold: { rule: 'fixed' } }],
])('a description with a right digest and %s is refused with its name', async (_, change) => {
  await saveBundle(dir, { detector: old, threshold });
  const saved = JSON.parse(await readFile(description(), 'utf8')) as BundleDescription;
  await writeFile(description(), formatDescription({ ...without(saved, 'digest'), ...change }));
  await expect(loadBundle(dir, make)).rejects.toThrow(`loadBundle: ${description()} was changed or truncated`);
});

test('the same description sealed anew is loaded', async () => {
  await saveBundle(dir, { detector: old, threshold });
  const saved = JSON.parse(await readFile(description(), 'utf8')) as BundleDescription;
  await writeFile(description(), formatDescription(without(saved, 'digest')));
  expect(await loadedSize()).toBe(8);
});

function without(saved: BundleDescription, key: string): BundleDescription {
  return Object.fromEntries(Object.entries(saved).filter(([name]) => name !== key)) as unknown as BundleDescription;
}
