import { readFile } from 'node:fs/promises';
import { DatasetFormatError } from '@adlib/core';
import { writeFileAtomic } from '@adlib/core/node';
import { roles, type LeftOutEntry, type RoleChange, type RoleEntry, type RoleManifest } from './roles.js';

/**
 * Writes a manifest of roles as JSON, atomically.
 *
 * @param path - the file
 * @param manifest - what `assignRoles` made
 * @throws the file system's error
 * @example
 * ```ts
 * import { assignRoles, synthetic } from '@adlib/datasets';
 * import { readRoles, writeRoles } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const path = join(await mkdtemp(join(tmpdir(), 'adlib-')), 'roles.json');
 * await writeRoles(path, await assignRoles(synthetic('screw', { good: 5, testGood: 1, defective: 0, size: 64 })));
 * console.log((await readRoles(path)).samples.length); // 6
 * ```
 */
export async function writeRoles(path: string, manifest: RoleManifest): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(manifest, null, 1)}\n`);
}

/**
 * Reads a manifest of roles that {@link writeRoles} wrote. Pass it to `samplesByRole`, which checks it against the files.
 *
 * @param path - the file
 * @returns the manifest
 * @throws DatasetFormatError naming the file and what is wrong in it, the file system's error if it cannot be opened
 * @example
 * ```ts
 * import { readRoles } from '@adlib/datasets/node';
 * await readRoles('no-such-file.json').catch((error: Error) => console.log(error.message));
 * ```
 */
export async function readRoles(path: string): Promise<RoleManifest> {
  const text = await readFile(path, 'utf8');
  const fail = (what: string, cause?: unknown): DatasetFormatError =>
    new DatasetFormatError(`readRoles: ${path}: ${what} Assign roles anew.`, { path, cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw fail('is not whole JSON.', cause);
  }
  const manifest = value as Partial<RoleManifest> | null;
  if (manifest?.schema !== 'adlib.roles/1')
    throw fail(`schema must be 'adlib.roles/1', got ${JSON.stringify(manifest?.schema)}.`);
  const { dataset, drawn, samples, leftOut = [], changes = [] } = manifest;
  if (typeof dataset !== 'string' || typeof drawn !== 'object' || !Array.isArray(samples)) {
    throw fail("'dataset', 'drawn' or 'samples' is missing.");
  }
  if (!Array.isArray(leftOut) || !Array.isArray(changes)) throw fail("'leftOut' or 'changes' is not a list.");
  const ids = new Set<string>();
  const lists: [string, unknown[], (value: unknown) => value is { id: string }, string][] = [
    ['samples', samples, isEntry, '{ id, hash, label, defect, role }'],
    ['leftOut', leftOut, isLeftOut, '{ id, hash, label, defect, by }'],
  ];
  for (const [list, entries, isOne, form] of lists) {
    for (const [i, entry] of entries.entries()) {
      if (!isOne(entry)) throw fail(`${list}[${i}] is not ${form}.`);
      if (ids.has(entry.id)) throw fail(`sample ${entry.id} is listed twice.`);
      ids.add(entry.id);
    }
  }
  for (const [i, change] of changes.entries()) {
    if (!isChange(change)) throw fail(`changes[${i}] is not { by, share, seed, defective, total }.`);
  }
  return manifest as RoleManifest;
}

function isEntry(value: unknown): value is RoleEntry {
  const entry = value as Partial<RoleEntry> | null;
  const mixedIn: unknown = entry?.mixedIn;
  return isFacts(entry) && roles.includes(entry.role) && (mixedIn === undefined || mixedIn === true);
}

function isLeftOut(value: unknown): value is LeftOutEntry {
  const entry = value as Partial<LeftOutEntry> | null;
  return isFacts(entry) && (entry.by === 'disputed' || isChanger(entry.by));
}

function isFacts(entry: Partial<RoleEntry | LeftOutEntry> | null): entry is RoleEntry | LeftOutEntry {
  return (
    typeof entry?.id === 'string' &&
    typeof entry.hash === 'string' &&
    /^[0-9a-f]{64}$/.test(entry.hash) &&
    (entry.label === 'good' || entry.label === 'defective') &&
    typeof entry.defect === 'string' &&
    ['string', 'undefined'].includes(typeof entry.group)
  );
}

function isChange(value: unknown): value is RoleChange {
  const change = value as Partial<RoleChange> | null;
  if (!isChanger(change?.by)) return false;
  const { share, seed, defective, total } = change;
  return [share, seed, defective, total].every((number) => Number.isFinite(number));
}

function isChanger(by: unknown): by is RoleChange['by'] {
  return by === 'partial' || by === 'withNoise';
}
