import { dirname } from 'node:path';
import { assertKnownOptions } from '@adlib/core';
import { parseCsv } from '../annotations/csv.js';
import { readText } from '../annotations/text.js';
import type { Dataset } from '../dataset.js';
import { nameOf } from '../layout.js';
import { listColumns, readList } from './list.js';
import { Reading } from './reading.js';

/** Options of {@link csvList} and `jsonList`. */
export interface ListOptions {
  /** Folder that paths are relative to. @defaultValue the list's folder */
  root?: string;
  /** Name for reports. @defaultValue the name of the root folder */
  name?: string;
}

/**
 * Opens pictures that a CSV file lists, one a line, below a heading that names the columns. Fields are separated by commas,
 * semicolons or tabs.
 *
 * - `image`: path of the picture; needed.
 * - `label`: `good`, `ok`, `normal` or `0`; `defective`, `bad`, `anomaly`, `anomalous`, `nok`, `ng` or `1`. May be left out
 *   where `defect` says it.
 * - `defect`: type of the defect; for good parts `good`, or empty where `label` says it or there is no such column.
 * - `mask`: path of the mask.
 * - `role`: `train`, `validation`, `calibration`, `test`, which `assignRoles` keeps, or empty: it draws one.
 * - `group`: same text for pictures of one part: they never get two roles.
 *
 * Paths are relative to the list's folder, or to `root`, and stay in it: absolute paths and `..` that leads out of it are
 * errors, so that a list from elsewhere reads nothing that it should not. Both kinds of slashes are read. Other columns are
 * left alone, with a warning.
 *
 * @param file - the CSV file, UTF-8
 * @param options - the folder of the pictures, another name
 * @returns the data set, sorted by path
 * @throws DatasetFormatError listing everything that is wrong: rows that are not understood, files that are missing, listed
 *   twice, outside of the folder, cut off or not pictures, masks of another size
 * @example
 * ```ts
 * import { csvList, writePng } from '@adlib/datasets/node';
 * import { mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * for (const name of ['a.png', 'b.png']) {
 *   await writePng(join(dir, name), { data: new Uint8Array(6), width: 3, height: 2, channels: 1 });
 * }
 * await writeFile(join(dir, 'list.csv'), 'image,defect,role\na.png,,train\nb.png,dent,test\n');
 * console.log((await csvList(join(dir, 'list.csv'))).samples.map(({ defect }) => defect)); // good, dent
 * ```
 */
export async function csvList(file: string, options: ListOptions = {}): Promise<Dataset> {
  const { root = dirname(file), name = nameOf(root) } = options;
  assertKnownOptions('csvList', options, ['root', 'name']);
  const reading = new Reading('csvList', root);
  const { columns, rows } = parseCsv(await readText(file), file, ['image']);
  if (!columns.includes('label') && !columns.includes('defect')) {
    throw reading.refusal(`${file}: has neither a column label nor defect, so nothing says what is good. Add one.`);
  }
  const others = columns.filter((column) => !(listColumns as readonly string[]).includes(column));
  if (others.length > 0) {
    reading.warnings.push(
      `${file}: columns ${others.join(', ').slice(0, 200)} are not read (${listColumns.join(', ')} are).`,
    );
  }
  const entries = rows.map(({ line, values }) => ({ place: `line ${line}`, values }));
  await readList(reading, file, entries);
  return reading.dataset(name);
}
