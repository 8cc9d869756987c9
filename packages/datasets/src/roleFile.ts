import { readFile } from 'node:fs/promises';
import { DatasetFormatError } from '@adlib/core';
import { writeFileAtomic } from '@adlib/core/node';
import { roles, type RoleEntry, type RoleManifest } from './roles.js';

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
  const { dataset, drawn, samples } = manifest;
  if (typeof dataset !== 'string' || typeof drawn !== 'object' || !Array.isArray(samples)) {
    throw fail("'dataset', 'drawn' or 'samples' is missing.");
  }
  const ids = new Set<string>();
  for (const [i, entry] of (samples as unknown[]).entries()) {
    if (!isEntry(entry)) throw fail(`samples[${i}] is not { id, hash, label, defect, role }.`);
    if (ids.has(entry.id)) throw fail(`sample ${entry.id} is listed twice.`);
    ids.add(entry.id);
  }
  return manifest as RoleManifest;
}

function isEntry(value: unknown): value is RoleEntry {
  const entry = value as Partial<RoleEntry> | null;
  return (
    typeof entry?.id === 'string' &&
    typeof entry.hash === 'string' &&
    /^[0-9a-f]{64}$/.test(entry.hash) &&
    (entry.label === 'good' || entry.label === 'defective') &&
    typeof entry.defect === 'string' &&
    roles.includes(entry.role!)
  );
}
