import { basename, dirname, join, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { assertKnownOptions } from '@adlib/core';
import { readText } from '../annotations/text.js';
import type { Dataset } from '../dataset.js';
import { isFolder } from '../files.js';
import { nameOf } from '../layout.js';
import { missingMasks } from './missingMasks.js';
import { Reading } from './reading.js';

/** Options of {@link realIad}. */
export interface RealIadOptions {
  /**
   * The list of the category's pictures, for example that of the single-view or of the noisy setting.
   *
   * @defaultValue `realiad_jsons/realiad_jsons/<category>.json` or `realiad_jsons/<category>.json` beside the folder of pictures
   */
  list?: string;
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/**
 * Opens a category of Real-IAD: pictures in `OK/<part>/*.jpg` and `NG/<defect>/<part>/*.jpg`, masks beside them as PNG, and a
 * list in JSON with `train` and `test`, each entry with `image_path`, `mask_path` and `anomaly_class`. The list says what a
 * picture shows: a view of a defective part in which the defect cannot be seen is `OK`, a good picture. All views of one part
 * (one folder) have one `group`, so that they never get two roles.
 *
 * Licence: CC BY-NC-SA 4.0. Cite: C. Wang, W. Zhu, B.-B. Gao, Z. Gan, J. Zhang, Z. Gu, S. Qian, M. Chen, L. Ma, "Real-IAD: a
 * real-world multi-view dataset for benchmarking versatile industrial anomaly detection", CVPR 2024.
 *
 * @param dir - the folder of one category, for example `Real-IAD/realiad_1024/audiojack`
 * @param options - another list, another name
 * @returns the data set, sorted by path; the defect type is the `anomaly_class`
 * @throws DatasetFormatError listing everything that is wrong: no list, entries that are not understood, files that are
 *   missing, listed twice, cut off or not pictures, masks of another size
 * @example
 * ```ts
 * import { realIad, writePng } from '@adlib/datasets/node';
 * import { mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = join(await mkdtemp(join(tmpdir(), 'adlib-')), 'toy');
 * const picture = { data: new Uint8Array(6), width: 3, height: 2, channels: 1 } as const;
 * const names = ['OK/S0001/toy_0001_OK_C1.png', 'OK/S0001/toy_0001_OK_C2.png'];
 * for (const name of names) await writePng(join(dir, name), picture);
 * const train = names.map((image_path) => ({ image_path, mask_path: null, anomaly_class: 'OK' }));
 * const list = join(dir, 'toy.json');
 * await writeFile(list, JSON.stringify({ meta: { normal_class: 'OK' }, train, test: [] }));
 * const { samples } = await realIad(dir, { list });
 * console.log(samples[1]?.group); // OK/S0001
 * ```
 * @see https://realiad4ad.github.io/Real-IAD
 */
export async function realIad(dir: string, options: RealIadOptions = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('realIad', options, ['list', 'name']);
  const reading = new Reading('realIad', dir);
  if (!(await isFolder(dir))) throw reading.refusal(`there is no folder ${dir}. Give the folder of one category.`);
  const list = options.list ?? (await findList(reading));
  const parts = await readParts(reading, list);
  const seen = new Set<string>();
  for (const split of ['train', 'test'] as const) {
    for (const [i, entry] of parts[split].entries()) {
      await readEntry(reading, { entry, split, list, where: `${split}[${i}]`, seen });
    }
  }
  reading.needGood(dir);
  const defective = reading.sources.filter(({ label }) => label === 'defective');
  const without = defective.filter(({ masks }) => masks.length === 0).map(({ path }) => path);
  reading.warnings.push(...missingMasks(dir, defective.length, without));
  return reading.dataset(name);
}

async function findList(reading: Reading): Promise<string> {
  const folder = resolve(reading.dir);
  const file = `${basename(folder)}.json`;
  const root = join(dirname(dirname(folder)), 'realiad_jsons');
  for (const path of [join(root, 'realiad_jsons', file), join(root, file)]) {
    if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
  }
  throw reading.refusal(`there is no list ${join(root, 'realiad_jsons', file)}. Give it as { list }.`);
}

async function readParts(reading: Reading, list: string): Promise<Record<'train' | 'test', readonly unknown[]>> {
  const text = await readText(list);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw reading.refusal(`${list}: is not whole JSON. Restore the file.`);
  }
  const { train, test } = (value ?? {}) as Record<string, unknown>;
  if (!Array.isArray(train) || !Array.isArray(test)) {
    throw reading.refusal(`${list}: must hold the lists 'train' and 'test'. Restore the file.`);
  }
  return { train, test };
}

interface Entry {
  readonly entry: unknown;
  readonly split: 'train' | 'test';
  readonly list: string;
  readonly where: string;
  readonly seen: Set<string>;
}

async function readEntry(reading: Reading, { entry, split, list, where, seen }: Entry): Promise<void> {
  const { image_path: image, mask_path: mask, anomaly_class: kind } = (entry ?? {}) as Record<string, unknown>;
  const masked = mask !== undefined && mask !== null && mask !== '';
  if (typeof image !== 'string' || typeof kind !== 'string' || (masked && typeof mask !== 'string')) {
    const form = '{ image_path, mask_path, anomaly_class }';
    reading.problems.add(list, `${list}: ${where} is not ${form}. Restore the file.`);
    return;
  }
  if (seen.has(image)) {
    reading.problems.add(list, `${list}: ${where}: ${image} is listed twice. Correct the list.`);
    return;
  }
  seen.add(image);
  const path = await reading.listed(reading.dir, image, list);
  const truth = masked ? await reading.listed(reading.dir, mask, list) : undefined;
  if (path === undefined) return;
  const good = kind === 'OK';
  reading.sources.push({
    id: image,
    label: good ? 'good' : 'defective',
    defect: good ? 'good' : kind,
    split,
    group: dirname(image),
    path,
    masks: good || truth === undefined ? [] : [truth],
  });
}
