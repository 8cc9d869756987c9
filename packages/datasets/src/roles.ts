import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  createRandom,
  DatasetFormatError,
} from '@adlib/core';
import type { Dataset, Role, Sample } from './dataset.js';
import { limiter } from './limiter.js';
import { assertManifest } from './roles/checks.js';
import { interleaved, joined } from './roles/units.js';

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
  /** Group it belongs to, where the roles were drawn with groups. */
  group?: string;
  /** True where {@link withNoise} put a defective picture among the good ones for training: it is given out as good. */
  mixedIn?: true;
}

/** A sample without a role: its label is disputed, or shares come out as asked without it. */
export interface LeftOutEntry extends Omit<RoleEntry, 'role' | 'mixedIn'> {
  /** What took it out: a change, or that its label is disputed. */
  by: 'partial' | 'withNoise' | 'disputed';
}

/** One change that {@link partial} or {@link withNoise} made to a manifest. */
export interface RoleChange {
  /** Which function. */
  by: 'partial' | 'withNoise';
  /** Share of defective pictures that was asked for. */
  share: number;
  /** Seed of the draw. */
  seed: number;
  /** Defective pictures outside the test part (`partial`), or mixed into the good ones (`withNoise`), afterwards. */
  defective: number;
  /** All pictures outside the test part (`partial`), or in training (`withNoise`), afterwards. */
  total: number;
}

/** Which sample is used for what, fixed once; plain JSON. */
export interface RoleManifest {
  /** Version of this form. */
  schema: 'adlib.roles/1';
  /** Name of the data set. */
  dataset: string;
  /** How the roles were drawn. */
  drawn: {
    seed: number;
    validation: number;
    calibration: number;
    test: number;
    grouped: boolean;
    /** Absent where no defective sample was drawn into calibration. */
    defectiveCalibration?: number;
  };
  /** One entry per sample that has a role, sorted by id. */
  samples: RoleEntry[];
  /** Samples without a role, sorted by id; absent where there are none. */
  leftOut?: LeftOutEntry[];
  /** What was done after the draw, in order; absent where nothing was. */
  changes?: RoleChange[];
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
  /**
   * Share of each defect type for calibration (a threshold chosen with defects in view), where the layout does not say which.
   * @defaultValue 0
   */
  defectiveCalibration?: number;
  /** Samples of one group (views of one part, frames of one video) never get two roles. @defaultValue the sample's `group` */
  group?: (sample: Sample) => string;
  /** Every role gets its share of each stratum (camera, batch, product), up to rounding. @defaultValue the defect type */
  stratum?: (sample: Sample) => string;
}

/** All roles, in the order of use. */
export const roles: readonly Role[] = ['train', 'validation', 'calibration', 'test'];

/**
 * Gives every sample one of four roles. The training part of a layout is drawn into train, validation and calibration; its
 * test part is test. Where a layout says nothing (plain folders), good samples are drawn into all four and defective ones
 * are test, or calibration as `defectiveCalibration` says. Where a layout has a validation part, its good samples are drawn
 * into validation and calibration, and train stays whole. Disputed samples get no role. Defective samples of a layout's training part are calibration:
 * detectors learn from good ones only. Shares are rounded, at least one sample where the share is above 0, and stratified.
 * Copies of one file get one role together, and so do groups, which may make a share larger; a group with a defective sample
 * counts as defective. A role that a list fixes (`sample.role`) stays.
 *
 * @param dataset - the samples; every file is read once for its hash
 * @param options - seed, shares, groups, strata
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
  const { seed = 0, validation = 0.1, calibration = 0.2, test = 0.2, defectiveCalibration = 0, group } = options;
  const { stratum = ({ defect }: Sample) => defect } = options;
  assertKnownOptions('assignRoles', options, [...shareNames, 'seed', 'group', 'stratum']);
  assertInteger('assignRoles', 'seed', seed, 0, 0xffffffff);
  for (const [name, share] of Object.entries({ validation, calibration, test, defectiveCalibration }))
    assertFinite('assignRoles', name, share, 0, 1);
  const { samples } = dataset;
  const hashes = await hashAll(samples);
  const role = new Map<Sample, Role>();
  const parts: Record<'train' | 'validation' | 'open', Sample[]> = { train: [], validation: [], open: [] };
  for (const sample of samples) {
    if (sample.disputed !== undefined) continue;
    if (sample.role !== undefined) role.set(sample, sample.role);
    else if (sample.split === 'test') role.set(sample, 'test');
    else if (sample.split !== undefined && sample.label === 'defective') role.set(sample, 'calibration');
    else parts[sample.split ?? 'open'].push(sample);
  }
  const keys = (sample: Sample): string[] => [`content ${hashes.get(sample)!}`, `group ${groupOf(sample, group)}`];
  const open = joined(parts.open, keys);
  const isDefective = (unit: readonly Sample[]): boolean => unit.some(({ label }) => label === 'defective');
  const given = parts.validation.length > 0;
  const early = validation + calibration === 0 ? 1 : validation / (validation + calibration);
  const pools = {
    train: { units: joined(parts.train, keys), shares: given ? [] : held(0, calibration, validation), rest: 'train' },
    validation: { units: joined(parts.validation, keys), shares: held(0, 0, early), rest: 'calibration' },
    open: {
      units: open.filter((unit) => !isDefective(unit)),
      shares: held(test, calibration, validation),
      rest: 'train',
    },
    defective: { units: open.filter(isDefective), shares: held(0, defectiveCalibration, 0), rest: 'test' },
  } as const;
  const random = createRandom(seed).split('roles');
  for (const [name, { units, shares, rest }] of Object.entries(pools)) {
    draw(interleaved(units, stratumOf(stratum), random.split(name)), shares, rest, role);
  }
  const facts = (sample: Sample): Omit<RoleEntry, 'role'> => ({
    ...{ id: sample.id, hash: hashes.get(sample)!, label: sample.label, defect: sample.defect },
    ...(grouped ? { group: groupOf(sample, group) } : {}),
  });
  const disputed = samples.filter((sample) => sample.disputed !== undefined);
  const grouped = group !== undefined || samples.some((sample) => sample.group !== undefined);
  const manifest: RoleManifest = {
    schema: 'adlib.roles/1',
    dataset: dataset.name,
    drawn: {
      ...{ seed, validation, calibration, test, grouped },
      ...(defectiveCalibration === 0 ? {} : { defectiveCalibration }),
    },
    samples: samples.filter(({ disputed }) => disputed === undefined).map((s) => ({ ...facts(s), role: role.get(s)! })),
    ...(disputed.length === 0 ? {} : { leftOut: disputed.map((s) => ({ ...facts(s), by: 'disputed' as const })) }),
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
  assertManifest('assignRoles', manifest);
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
  const all: (RoleEntry | LeftOutEntry)[] = [...manifest.samples, ...(manifest.leftOut ?? [])];
  const known = new Map(all.map((entry) => [entry.id, entry]));
  const hashes = await hashAll(samples);
  const found = new Set(samples.map(({ id }) => id));
  const problems = [
    ...samples.filter(({ id }) => !known.has(id)).map(({ id }) => `${id} is new`),
    ...[...known.keys()].filter((id) => !found.has(id)).map((id) => `${id} is gone`),
    ...samples.flatMap((sample) => changed(sample, known.get(sample.id), hashes.get(sample)!)),
  ];
  if (problems.length > 0) {
    const listed =
      problems.slice(0, 10).join(', ') + (problems.length > 10 ? `, and ${problems.length - 10} more` : '');
    throw new DatasetFormatError(
      `samplesByRole: the data set ${dataset.name} is not the one its roles were assigned for: ${listed}. Restore the files, or assign roles anew and train again.`,
    );
  }
  assertManifest('samplesByRole', manifest);
  const byRole: Record<Role, Sample[]> = { train: [], validation: [], calibration: [], test: [] };
  for (const sample of samples) {
    const entry = entries.get(sample.id);
    if (entry !== undefined) byRole[entry.role].push(entry.mixedIn === true ? asGood(sample) : sample);
  }
  return byRole;
}

const shareNames = ['validation', 'calibration', 'test', 'defectiveCalibration'];

function held(test: number, calibration: number, validation: number): readonly (readonly [Role, number])[] {
  return [
    ['test', test],
    ['calibration', calibration],
    ['validation', validation],
  ];
}

function groupOf(sample: Sample, group: ((sample: Sample) => string) | undefined): string {
  return group === undefined ? (sample.group ?? sample.id) : group(sample);
}

/** The stratum of a unit: that of its first defective sample, or of its first one. */
function stratumOf(stratum: (sample: Sample) => string): (unit: readonly Sample[]) => string {
  return (unit) => stratum(unit.find(({ label }) => label === 'defective') ?? unit[0]!);
}

function changed(sample: Sample, entry: RoleEntry | LeftOutEntry | undefined, hash: string): string[] {
  if (entry === undefined) return [];
  if (entry.hash !== hash) return [`${sample.id} has another content`];
  if (entry.label !== sample.label) return [`${sample.id} was ${entry.label} and is ${sample.label}`];
  const wasDisputed = 'by' in entry && entry.by === 'disputed';
  if (!wasDisputed && sample.disputed !== undefined && 'role' in entry) return [`${sample.id} is disputed now`];
  return wasDisputed && sample.disputed === undefined ? [`${sample.id} is not disputed any more`] : [];
}

/** What a person who does not know of the defect would take it for. */
function asGood(sample: Sample): Sample {
  const { id, split } = sample;
  return { id, label: 'good', defect: 'good', split, hash: () => sample.hash(), image: () => sample.image() };
}

/** Draws units into roles: each role in turn takes units until it has its share; the rest gets the last one. */
function draw(
  units: readonly (readonly Sample[])[],
  shares: readonly (readonly [Role, number])[],
  rest: Role,
  role: Map<Sample, Role>,
): void {
  const count = units.flat().length;
  let next = 0;
  for (const [name, share] of shares) {
    const wanted = share === 0 || count === 0 ? 0 : Math.max(1, Math.round(share * count));
    for (let taken = 0; taken < wanted && next < units.length; next++) {
      for (const sample of units[next]!) role.set(sample, name);
      taken += units[next]!.length;
    }
  }
  for (; next < units.length; next++) for (const sample of units[next]!) role.set(sample, rest);
}

async function hashAll(samples: readonly Sample[]): Promise<Map<Sample, string>> {
  const limited = limiter(8);
  const hashes = await Promise.all(samples.map((sample) => limited(() => sample.hash())));
  return new Map(samples.map((sample, i) => [sample, hashes[i]!]));
}
