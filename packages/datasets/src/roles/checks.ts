import { DatasetFormatError } from '@adlib/core';
import type { RoleChange, RoleEntry, RoleManifest } from '../roles.js';

/**
 * Throws unless a manifest keeps its promises: one content and one group have one role, one content has one label, what was
 * mixed in is defective and in training, and its changes count what is there.
 *
 * @param fn - caller, for the message
 * @param manifest - the manifest
 */
export function assertManifest(fn: string, manifest: RoleManifest): void {
  assertNoLeak(fn, manifest.samples);
  assertGroupsWhole(fn, manifest.samples);
  assertChanges(fn, manifest);
}

function assertNoLeak(fn: string, entries: readonly RoleEntry[]): void {
  const seen = new Map<string, RoleEntry>();
  for (const entry of entries) {
    const other = seen.get(entry.hash);
    if (other === undefined) {
      seen.set(entry.hash, entry);
    } else if (other.role !== entry.role) {
      throw new DatasetFormatError(
        `${fn}: ${other.id} (${other.role}) and ${entry.id} (${entry.role}) have the same content: a leak. Remove one of them.`,
        { path: entry.id },
      );
    } else if (other.label !== entry.label) {
      throw new DatasetFormatError(
        `${fn}: ${other.id} (${other.label}) and ${entry.id} (${entry.label}) have the same content but not the same label. Remove the wrong one.`,
        { path: entry.id },
      );
    }
  }
}

function assertGroupsWhole(fn: string, entries: readonly RoleEntry[]): void {
  const first = new Map<string, RoleEntry>();
  for (const entry of entries) {
    if (entry.group === undefined) continue;
    const other = first.get(entry.group) ?? entry;
    first.set(entry.group, other);
    if (other.role !== entry.role) {
      throw new DatasetFormatError(
        `${fn}: group ${entry.group} is in two roles: ${other.id} (${other.role}) and ${entry.id} (${entry.role}). ` +
          'The layout or the label puts them there; move or remove one.',
        { path: entry.id },
      );
    }
  }
}

function assertChanges(fn: string, manifest: RoleManifest): void {
  const { samples, changes = [] } = manifest;
  const wrong = samples.find((entry) => entry.mixedIn === true && (entry.label === 'good' || entry.role !== 'train'));
  if (wrong !== undefined) {
    throw new DatasetFormatError(
      `${fn}: ${wrong.id} is marked as mixed in, but is ${wrong.label} in role ${wrong.role}. Mix anew.`,
      { path: wrong.id },
    );
  }
  for (const by of ['partial', 'withNoise'] as const) {
    const last = changes.filter((change) => change.by === by).at(-1);
    const { defective, total } = countsAfter(by, samples);
    if (last === undefined ? by === 'partial' || defective === 0 : fits(last, defective, total, changes)) continue;
    const said = last === undefined ? 'no change' : `${last.defective} of ${last.total}`;
    throw new DatasetFormatError(
      `${fn}: the manifest records ${said} by ${by}, its samples say ${defective} of ${total}: it was edited. Mix anew.`,
    );
  }
}

/** A change is checked by what it left behind, unless a later one of the other kind moved samples too. */
function fits(last: RoleChange, defective: number, total: number, changes: readonly RoleChange[]): boolean {
  return changes.at(-1) !== last || (last.defective === defective && last.total === total);
}

/**
 * What a {@link RoleChange} counts.
 *
 * @param by - which function
 * @param entries - the samples
 * @returns the defective ones and all, outside the test part or in training
 */
export function countsAfter(
  by: RoleChange['by'],
  entries: readonly RoleEntry[],
): Pick<RoleChange, 'defective' | 'total'> {
  const part = entries.filter(({ role }) => (by === 'partial' ? role !== 'test' : role === 'train'));
  const counted = part.filter(({ label, mixedIn }) => (by === 'partial' ? label === 'defective' : mixedIn === true));
  return { defective: counted.length, total: part.length };
}
