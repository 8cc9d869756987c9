import { dirname } from 'node:path';
import { assertKnownOptions } from '@adlib/core';
import { isObject, readJson } from '../annotations/json.js';
import type { Dataset } from '../dataset.js';
import { nameOf } from '../layout.js';
import type { ListOptions } from './csvList.js';
import { listColumns, readList, type ListEntry } from './list.js';
import { Reading } from './reading.js';

/**
 * Opens pictures that a JSON file lists: a list of objects with the fields `image`, `label`, `defect`, `mask`, `role` and
 * `group`, which mean what the columns of `csvList` do. Labels and groups may be numbers; null is the same as absent. The list
 * may lie in a field `samples` of an object.
 *
 * @param file - the JSON file
 * @param options - the folder of the pictures, another name
 * @returns the data set, sorted by path
 * @throws DatasetFormatError listing everything that is wrong, as `csvList` does
 * @example
 * ```ts
 * import { jsonList, writePng } from '@adlib/datasets/node';
 * import { mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await writePng(join(dir, 'a.png'), { data: new Uint8Array(6), width: 3, height: 2, channels: 1 });
 * await writeFile(join(dir, 'list.json'), JSON.stringify([{ image: 'a.png', label: 0, group: 'part 7' }]));
 * console.log((await jsonList(join(dir, 'list.json'))).samples[0]?.group); // part 7
 * ```
 */
export async function jsonList(file: string, options: ListOptions = {}): Promise<Dataset> {
  const { root = dirname(file), name = nameOf(root) } = options;
  assertKnownOptions('jsonList', options, ['root', 'name']);
  const reading = new Reading('jsonList', root);
  const value = await readJson(file);
  const list = isObject(value) ? value['samples'] : value;
  if (!Array.isArray(list)) {
    throw reading.refusal(
      `${file}: is not a list of objects with the field 'image', nor has a list 'samples'. Correct it.`,
    );
  }
  const others = new Set<string>();
  const entries: ListEntry[] = [];
  for (const [i, item] of (list as unknown[]).entries()) {
    const place = `entry ${i + 1}`;
    if (!isObject(item) || typeof item['image'] !== 'string') {
      reading.problems.add(file, `${file}: ${place}: is not an object with the field 'image'.`);
      continue;
    }
    const values = new Map<string, string>();
    for (const [key, field] of Object.entries(item)) {
      if (!(listColumns as readonly string[]).includes(key)) others.add(key);
      else if (typeof field === 'string' || typeof field === 'number') values.set(key, String(field).trim());
      else if (field !== null) reading.problems.add(file, `${file}: ${place}: ${key} is not text.`);
    }
    entries.push({ place, values });
  }
  if (others.size > 0) {
    const names = [...others].slice(0, 20).join(', ').slice(0, 200);
    reading.warnings.push(`${file}: fields ${names} are not read (${listColumns.join(', ')} are).`);
  }
  await readList(reading, file, entries);
  return reading.dataset(name);
}
