import { argumentMessage, assertFinite, assertInteger, assertKnownOptions, createRandom } from '@adlib/core';
import type { Role } from './dataset.js';
import type { LeftOutEntry, RoleChange, RoleEntry, RoleManifest } from './roles.js';
import { assertManifest, countsAfter } from './roles/checks.js';
import { interleaved, joined } from './roles/units.js';

/** Options of {@link partial} and {@link withNoise}. */
export interface MixingOptions {
  /** Seed of the draw. With one seed, a smaller share takes some of the pictures of a larger one. @defaultValue 0 */
  seed?: number;
  /**
   * Pictures that the part shall hold, good and defective together: good ones of role train are left out until it does, so
   * that shares compare at one size, and high ones are in reach. @defaultValue every good picture stays
   */
  total?: number;
}

/** Pictures that move together: copies of one content, members of one group. */
type Unit = readonly RoleEntry[];

/**
 * Keeps a share of defective pictures outside the test part: `round(share * total)` of them, each defect type in
 * proportion, have role calibration, where a threshold may be chosen with defects in view. More than that are left out; where
 * there are fewer, the rest comes out of the test part. `Partial-10` is a share of 0.1, `Partial-1` one of 0.01, both of 424.
 * Copies and groups move together.
 *
 * @param manifest - what `assignRoles` made; not modified
 * @param share - defective pictures among all outside the test part, in [0, 1)
 * @param options - seed, total
 * @returns a new manifest that records the change; `samplesByRole` checks it at each load
 * @throws RangeError if there are not enough defective or good pictures, naming the largest share that can be had
 * @example
 * ```ts
 * import { assignRoles, partial, samplesByRole, synthetic } from '@adlib/datasets';
 * const dataset = synthetic('screw', { good: 18, testGood: 2, defective: 8, size: 64 });
 * const { calibration, test } = await samplesByRole(dataset, partial(await assignRoles(dataset), 0.1));
 * console.log(calibration.filter(({ label }) => label === 'defective').length, test.length); // 2 8
 * ```
 * @see Zanon et al., surface seal images (SSI), subsets "Partial-10" and "Partial-1"
 */
export function partial(manifest: RoleManifest, share: number, options: MixingOptions = {}): RoleManifest {
  const { seed = 0, total } = options;
  assertArguments('partial', share, 0.999, options);
  const entries = manifest.samples;
  const outside = entries.filter(({ role }) => role !== 'test');
  const good = outside.filter((entry) => !isLabelled(entry)).length;
  const wanted = countWanted(share, total, good);
  const random = createRandom(seed).split('partial');
  const change = new Change(manifest, 'partial', share, seed);
  const surplus = byDefect(
    unitsOf(entries).filter((unit) => unit.some(isLabelled)),
    random.split('kept'),
  );
  const kept = take(surplus, wanted);
  for (const unit of surplus.filter((unit) => !kept.includes(unit))) change.leaveOut(unit);
  const missing = wanted - defects(kept);
  const spare = byDefect(unitsOf(entries).filter(isSpare), random.split('moved'));
  const moved = take(spare, missing);
  assertEnough('partial', share, [moved, missing], good, wanted - missing + defects(spare));
  for (const unit of moved) change.give(unit, 'calibration');
  if (total !== undefined) change.shrink(total, (entry) => entry.role !== 'test', random.split('shrink'));
  return change.finish();
}

/**
 * Mixes defective pictures into the good ones for training, as if nobody had noticed: `samplesByRole` gives them out as
 * good, and the manifest keeps what they are, so that a study can tell which of them a method threw out. They leave the test
 * part, each defect type in proportion; copies and groups move together. Calibration and validation stay clean.
 *
 * @param manifest - what `assignRoles` made; not modified
 * @param level - defective pictures among all for training, in [0, 0.5]
 * @param options - seed, total
 * @returns a new manifest that records the change; `samplesByRole` checks it at each load
 * @throws RangeError if the test part does not have enough defective pictures, naming the highest level that can be had
 * @example
 * ```ts
 * import { assignRoles, samplesByRole, synthetic, withNoise } from '@adlib/datasets';
 * const dataset = synthetic('screw', { good: 20, testGood: 2, defective: 8, size: 64 });
 * const { train, test } = await samplesByRole(dataset, withNoise(await assignRoles(dataset), 0.2));
 * console.log(train.length, train.every(({ label }) => label === 'good'), test.length); // 18 true 6
 * ```
 * @see Aqeel et al., "Self-Supervised Iterative Refinement for Anomaly Detection", 2024, sections 4.1 and 4.2
 */
export function withNoise(manifest: RoleManifest, level: number, options: MixingOptions = {}): RoleManifest {
  const { seed = 0, total } = options;
  assertArguments('withNoise', level, 0.5, options);
  const entries = manifest.samples;
  if (entries.some(({ mixedIn }) => mixedIn === true)) {
    throw new RangeError(
      argumentMessage(
        'withNoise',
        'manifest',
        'one that nothing was mixed into yet',
        'one that holds mixed-in pictures',
      ),
    );
  }
  const good = entries.filter(({ role }) => role === 'train').length;
  const wanted = countWanted(level, total, good);
  const random = createRandom(seed).split('noise');
  const change = new Change(manifest, 'withNoise', level, seed);
  const spare = byDefect(unitsOf(entries).filter(isSpare), random.split('moved'));
  const moved = take(spare, wanted);
  assertEnough('withNoise', level, [moved, wanted], good, defects(spare));
  for (const unit of moved) change.give(unit, 'train');
  if (total !== undefined) change.shrink(total, (entry) => entry.role === 'train', random.split('shrink'));
  return change.finish();
}

/** Entries of a manifest being changed. */
class Change {
  readonly #samples: Map<string, RoleEntry>;
  readonly #leftOut: LeftOutEntry[];

  constructor(
    readonly manifest: RoleManifest,
    readonly by: RoleChange['by'],
    readonly share: number,
    readonly seed: number,
  ) {
    this.#samples = new Map(manifest.samples.map((entry) => [entry.id, entry]));
    this.#leftOut = [...(manifest.leftOut ?? [])];
  }

  give(unit: Unit, role: Role): void {
    for (const entry of unit) {
      const mixed = this.by === 'withNoise' && entry.label === 'defective';
      this.#samples.set(entry.id, { ...entry, role, ...(mixed ? { mixedIn: true as const } : {}) });
    }
  }

  leaveOut(unit: Unit): void {
    for (const { id, hash, label, defect, group } of unit) {
      this.#samples.delete(id);
      this.#leftOut.push({ id, hash, label, defect, ...(group === undefined ? {} : { group }), by: this.by });
    }
  }

  /** Leaves out good pictures of role train until a part holds `total`. */
  shrink(total: number, isPart: (entry: RoleEntry) => boolean, random: ReturnType<typeof createRandom>): void {
    const entries = [...this.#samples.values()];
    let surplus = entries.filter(isPart).length - total;
    const units = unitsOf(entries).filter((unit) =>
      unit.every(({ role, label }) => role === 'train' && label === 'good'),
    );
    const order = random.permutation(units.length);
    for (let i = 0; i < units.length && surplus > 0; i++) {
      const unit = units[order[i]!]!;
      if (unit.length > surplus) continue;
      this.leaveOut(unit);
      surplus -= unit.length;
    }
    if (surplus !== 0) {
      const have = total + surplus;
      throw new RangeError(
        argumentMessage(
          this.by,
          'total',
          `a number of pictures that can be had (${have} are there)`,
          total,
          'Try leaving it out.',
        ),
      );
    }
  }

  finish(): RoleManifest {
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    const samples = [...this.#samples.values()].sort(byId);
    const change: RoleChange = { by: this.by, share: this.share, seed: this.seed, ...countsAfter(this.by, samples) };
    const manifest: RoleManifest = {
      ...this.manifest,
      samples,
      ...(this.#leftOut.length === 0 ? {} : { leftOut: this.#leftOut.sort(byId) }),
      changes: [...(this.manifest.changes ?? []), change],
    };
    assertManifest(this.by, manifest);
    return manifest;
  }
}

function assertArguments(fn: string, share: number, most: number, options: MixingOptions): void {
  const { seed = 0, total = 1 } = options;
  assertKnownOptions(fn, options, ['seed', 'total']);
  assertFinite(fn, fn === 'partial' ? 'share' : 'level', share, 0, most);
  assertInteger(fn, 'seed', seed, 0, 0xffffffff);
  assertInteger(fn, 'total', total, 1);
}

function countWanted(share: number, total: number | undefined, good: number): number {
  return Math.round(total === undefined ? (share * good) / (1 - share) : share * total);
}

function unitsOf(entries: readonly RoleEntry[]): RoleEntry[][] {
  return joined(entries, ({ id, hash, group }) => [`content ${hash}`, `group ${group ?? id}`]);
}

/** Whether an entry is a defective picture outside the test part that counts as one. */
function isLabelled({ role, label, mixedIn }: RoleEntry): boolean {
  return role !== 'test' && label === 'defective' && mixedIn !== true;
}

/** Whether a unit may leave the test part: it holds a defect. */
function isSpare(unit: Unit): boolean {
  return unit[0]!.role === 'test' && unit.some(({ label }) => label === 'defective');
}

function byDefect(units: readonly RoleEntry[][], random: ReturnType<typeof createRandom>): RoleEntry[][] {
  return interleaved(units, (unit) => unit.find(({ label }) => label === 'defective')!.defect, random);
}

function defects(units: readonly Unit[]): number {
  return units.reduce((sum, unit) => sum + unit.filter(({ label }) => label === 'defective').length, 0);
}

/** Units from the front until they hold `count` defective pictures; one that holds too many is passed over. */
function take(units: readonly RoleEntry[][], count: number): RoleEntry[][] {
  const taken: RoleEntry[][] = [];
  let left = count;
  for (const unit of units) {
    const n = defects([unit]);
    if (n > left) continue;
    taken.push(unit);
    left -= n;
  }
  return taken;
}

function assertEnough(
  fn: string,
  share: number,
  [moved, wanted]: readonly [readonly Unit[], number],
  good: number,
  available: number,
): void {
  if (defects(moved) === wanted) return;
  const most = Math.floor((1000 * available) / (available + good)) / 1000;
  throw new RangeError(
    argumentMessage(
      fn,
      fn === 'partial' ? 'share' : 'level',
      `at most ${most} with ${available} defective and ${good} good pictures`,
      share,
      'Pass a smaller total, or a smaller share; groups move whole and may make an exact share impossible.',
    ),
  );
}
