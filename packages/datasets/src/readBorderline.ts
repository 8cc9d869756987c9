import { DatasetFormatError } from '@adlib/core';
import { parseCsv } from './annotations/csv.js';
import { isObject, readJson } from './annotations/json.js';
import { readText } from './annotations/text.js';
import type { BorderlineEntry } from './borderline.js';

/**
 * Reads a list of disputed pictures for `borderline`: a CSV table with the columns `file` and `reason`, or, where the name
 * ends in `.json`, a list of `{ "file": ..., "reason": ... }`. Other columns and fields are left alone.
 *
 * @param path - the file
 * @returns the entries, in the order of the file
 * @throws DatasetFormatError naming the file, and the line or entry, if something is wrong in it
 * @example
 * ```ts
 * import { readBorderline } from '@adlib/datasets/node';
 * import { mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const path = join(await mkdtemp(join(tmpdir(), 'adlib-')), 'disputed.csv');
 * await writeFile(path, 'file,reason\ntrain/good/003.png,"scratch, within tolerance"\n');
 * console.log((await readBorderline(path))[0]?.reason); // scratch, within tolerance
 * ```
 */
export async function readBorderline(path: string): Promise<BorderlineEntry[]> {
  return /\.json$/i.test(path) ? fromJson(path) : fromCsv(path);
}

async function fromCsv(path: string): Promise<BorderlineEntry[]> {
  const { rows } = parseCsv(await readText(path), path, ['file', 'reason']);
  return rows.map(({ line, values }) => {
    const [file = '', reason = ''] = [values.get('file'), values.get('reason')];
    return checked(path, `line ${line}`, file, reason);
  });
}

async function fromJson(path: string): Promise<BorderlineEntry[]> {
  const list = await readJson(path);
  if (!Array.isArray(list)) {
    throw new DatasetFormatError(`${path}: must be a list of { "file", "reason" }. Put it into [ ].`, { path });
  }
  return list.map((entry: unknown, i) => {
    const { file, reason } = isObject(entry) ? entry : {};
    return checked(path, `entry ${i + 1}`, file, reason);
  });
}

function checked(path: string, where: string, file: unknown, reason: unknown): BorderlineEntry {
  if (typeof file === 'string' && typeof reason === 'string' && file.trim() !== '' && reason.trim() !== '') {
    return { file: file.trim().replaceAll('\\', '/').replace(/^\.\//, ''), reason: reason.trim() };
  }
  const what = 'needs a file and a reason, both as text. Say why the picture is disputed.';
  throw new DatasetFormatError(`${path}: ${where} ${what}`, { path });
}
