import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  createRandom,
  DatasetFormatError,
  type Random,
} from '@adlib/core';
import type { Dataset, Role, Sample } from './dataset.js';
import { limiter } from './limiter.js';

/** One sample in a {@link RoleManifest}. */
export interface RoleEntry {
  /** The sample's id. */
  id: string;
  /** SHA-256 of its content. */
  hash: string;
  /** Ground truth when the roles were assigned. */
  label: 'good' | 'defective';
  /** Defect type when the roles were assigned. */
  defect: string;
  /** What it is used for, and nothing else. */
  role: Role;
}

/** Which sample is used for what, fixed once; plain JSON. */
export interface RoleManifest {
  /** Version of this form. */
  schema: 'adlib.roles/1';
  /** Name of the data set. */
  dataset: string;
  /** How the roles were drawn. */
  drawn: { seed: number; validation: number; calibration: number; test: number; grouped: boolean };
  /** One entry per sample, sorted by id. */
  samples: RoleEntry[];
}

/** Options of {@link assignRoles}. */
export interface AssignRolesOptions {
  /** Seed of the draw. @defaultValue 0 */
  seed?: number;
  /** Share of the good training pictures held out for early stopping. @defaultValue 0.1 */
  validation?: number;
  /** Share of the good training pictures held out for the threshold. @defaultValue 0.2 */
  calibration?: number;
  /** Share of good pictures for testing, where the layout does not say which. @defaultValue 0.2 */
  test?: number;
  /** Samples of one group (views of one part, frames of one video) never get two roles. @defaultValue each on its own */
  group?: (sample: Sample) => string;
}

/** All roles, in the order of use. */
export const roles: readonly Role[] = ['train', 'validation', 'calibration', 'test'];

/**
 * Gives every sample one of four roles. The training part of a layout is drawn into train, validation and calibration; its
 * test part is test. Where a layout says nothing (plain folders), good samples are drawn into all four and defective ones
 * are test. Shares are rounded, at least one sample where the share is above 0. Copies of one file get one role together.
 *
 * @param dataset - the samples; every file is read once for its hash
 * @param options - seed, shares, groups
 * @returns the manifest: keep it beside the results, and open the data set with {@link samplesByRole}
 * @throws DatasetFormatError naming both files if one content is in the training and the test part, or good and defective;
 *   RangeError if an option is not valid or there are too few good samples
 * @example
 * ```ts
 * import { assignRoles, synthetic } from '@adlib/datasets';
 * const dataset = synthetic('screw', { good: 10, testGood: 2, defective: 4, size: 64 });
 * const manifest = await assignRoles(dataset, { seed: 1 });
 * console.log(manifest.samples.filter(({ role }) => role === 'calibration').length); // 2
 * ```
 */
export async function assignRoles(dataset: Dataset, options: AssignRolesOptions = {}): Promise<RoleManifest> {
  const { seed = 0, validation = 0.1, calibration = 0.2, test = 0.2 } = options;
  const group = options.group ?? idOf;
  assertKnownOptions('assignRoles', options, ['seed', 'validation', 'calibration', 'test', 'group']);
  assertInteger('assignRoles', 'seed', seed, 0, 0xffffffff);
  for (const [name, share] of Object.entries({ validation, calibration, test }))
    assertFinite('assignRoles', name, share, 0, 1);
  const { samples } = dataset;
  const hashes = await hashAll(samples);
  const role = new Map<Sample, Role>();
  const pools: { train: Sample[]; open: Sample[] } = { train: [], open: [] };
  for (const sample of samples) {
    if (sample.split === 'test') role.set(sample, 'test');
    else if (sample.split === 'train') {
      if (sample.label === 'good') pools.train.push(sample);
      else role.set(sample, 'train');
    } else if (sample.label === 'good') pools.open.push(sample);
    else role.set(sample, 'test');
  }
  const random = createRandom(seed).split('roles');
  for (const [name, pool] of Object.entries(pools)) {
    const shares = { test: name === 'open' ? test : 0, calibration, validation };
    const groups = joined(pool, (sample) => [`content ${hashes.get(sample)!}`, `group ${group(sample)}`]);
    draw(groups, pool.length, shares, random.split(name)).forEach((value, sample) => role.set(sample, value));
  }
  const manifest: RoleManifest = {
    schema: 'adlib.roles/1',
    dataset: dataset.name,
    drawn: { seed, validation, calibration, test, grouped: options.group !== undefined },
    samples: samples.map((sample) => ({
      id: sample.id,
      hash: hashes.get(sample)!,
      label: sample.label,
      defect: sample.defect,
      role: role.get(sample)!,
    })),
  };
  if (!manifest.samples.some((entry) => entry.role === 'train')) {
    throw new RangeError(
      argumentMessage(
        'assignRoles',
        'dataset',
        'one with good samples to train on',
        `${samples.length} samples, none left for training`,
      ),
    );
  }
  assertNoLeak('assignRoles', manifest.samples);
  assertGroupsWhole(samples, group, role);
  return manifest;
}

/**
 * The samples of each role, after checking that the data set is the one the manifest was made for: the same files with the
 * same content.
 *
 * @param dataset - the data set, opened again; every file is read once for its hash
 * @param manifest - what {@link assignRoles} made
 * @returns for each role its samples, in the data set's order
 * @throws DatasetFormatError listing files that are new, gone or changed, and content that is in two roles
 * @example
 * ```ts
 * import { assignRoles, samplesByRole, synthetic } from '@adlib/datasets';
 * const dataset = synthetic('screw', { good: 10, testGood: 2, defective: 4, size: 64 });
 * const { train, test } = await samplesByRole(dataset, await assignRoles(dataset));
 * console.log(train.length, test.length); // 7 6
 * ```
 */
export async function samplesByRole(dataset: Dataset, manifest: RoleManifest): Promise<Record<Role, Sample[]>> {
  const { samples } = dataset;
  const entries = new Map(manifest.samples.map((entry) => [entry.id, entry]));
  const hashes = await hashAll(samples);
  const found = new Set(samples.map(({ id }) => id));
  const problems = [
    ...samples.filter(({ id }) => !entries.has(id)).map(({ id }) => `${id} is new`),
    ...manifest.samples.filter(({ id }) => !found.has(id)).map(({ id }) => `${id} is gone`),
    ...samples
      .filter((sample) => entries.has(sample.id) && entries.get(sample.id)!.hash !== hashes.get(sample))
      .map(({ id }) => `${id} has another content`),
  ];
  if (problems.length > 0) {
    const listed =
      problems.slice(0, 10).join(', ') + (problems.length > 10 ? `, and ${problems.length - 10} more` : '');
    throw new DatasetFormatError(
      `samplesByRole: the data set ${dataset.name} is not the one its roles were assigned for: ${listed}. Restore the files, or assign roles anew and train again.`,
    );
  }
  assertNoLeak('samplesByRole', manifest.samples);
  const of = (role: Role): Sample[] => samples.filter(({ id }) => entries.get(id)!.role === role);
  return { train: of('train'), validation: of('validation'), calibration: of('calibration'), test: of('test') };
}

function idOf({ id }: Sample): string {
  return id;
}

/** Draws groups into roles: each role in turn takes groups until it has its share; what is left is for training. */
function draw(
  groups: readonly (readonly Sample[])[],
  count: number,
  shares: Readonly<Record<'test' | 'calibration' | 'validation', number>>,
  random: Random,
): Map<Sample, Role> {
  const order = random.permutation(groups.length);
  const role = new Map<Sample, Role>();
  let next = 0;
  for (const name of ['test', 'calibration', 'validation'] as const) {
    const wanted = shares[name] === 0 || count === 0 ? 0 : Math.max(1, Math.round(shares[name] * count));
    for (let taken = 0; taken < wanted && next < groups.length; next++) {
      for (const sample of groups[order[next]!]!) role.set(sample, name);
      taken += groups[order[next]!]!.length;
    }
  }
  for (; next < groups.length; next++) for (const sample of groups[order[next]!]!) role.set(sample, 'train');
  return role;
}

/** Groups of samples that share a key, directly or through others; in the order of their first sample. */
function joined(samples: readonly Sample[], keysOf: (sample: Sample) => readonly string[]): Sample[][] {
  const groupOf = new Map<string, Sample[]>();
  const groups = new Set<Sample[]>();
  for (const sample of samples) {
    const keys = keysOf(sample);
    const merged = [sample];
    for (const group of new Set(keys.map((key) => groupOf.get(key)))) {
      if (group === undefined) continue;
      merged.unshift(...group);
      groups.delete(group);
    }
    for (const member of merged) for (const key of keysOf(member)) groupOf.set(key, merged);
    groups.add(merged);
  }
  return [...groups];
}

async function hashAll(samples: readonly Sample[]): Promise<Map<Sample, string>> {
  const limited = limiter(8);
  const hashes = await Promise.all(samples.map((sample) => limited(() => sample.hash())));
  return new Map(samples.map((sample, i) => [sample, hashes[i]!]));
}

/** One content must have one role and one label. */
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

function assertGroupsWhole(
  samples: readonly Sample[],
  group: (sample: Sample) => string,
  role: ReadonlyMap<Sample, Role>,
): void {
  const first = new Map<string, Sample>();
  for (const sample of samples) {
    const name = group(sample);
    const other = first.get(name) ?? sample;
    first.set(name, other);
    if (role.get(other) !== role.get(sample)) {
      throw new DatasetFormatError(
        `assignRoles: group ${name} is in two roles: ${other.id} (${role.get(other)!}) and ${sample.id} (${role.get(sample)!}). ` +
          'The layout or the label puts them there; move or remove one.',
        { path: sample.id },
      );
    }
  }
}
