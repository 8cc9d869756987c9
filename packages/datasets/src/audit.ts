import { argumentMessage, assertInteger, assertKnownOptions, assertLength, type LongCallOptions } from '@adlib/core';
import { copyFindings, groupFindings, nearFindings } from './audit/copyFindings.js';
import { countFindings, defectSizes, groupsOf, type AuditGroup, type DefectSize } from './audit/countFindings.js';
import { nearDuplicates, type Comparison } from './audit/duplicates.js';
import { featuresOf, type SampleFeatures } from './audit/features.js';
import { finding, groupBy, type Finding, type UseOf } from './audit/findings.js';
import { frameFindings, strangerFindings } from './audit/frameFindings.js';
import type { FindingLevel } from './audit/kinds.js';
import { lightFindings } from './audit/lightFindings.js';
import { maskFindings } from './audit/maskFindings.js';
import { formatFindings, pictureFindings, withUsual } from './audit/pictureFindings.js';
import type { Dataset, Role, Sample } from './dataset.js';
import { limiter } from './limiter.js';
import type { RoleManifest } from './roles.js';

/** Options of {@link audit}. */
export interface AuditOptions extends LongCallOptions {
  /** What each sample is used for; disputed ones for nothing. @defaultValue what the layout says */
  manifest?: RoleManifest;
  /** `[height, width]` of the network's input, to find defects that would be too small in it. @defaultValue not checked */
  inputSize?: readonly [number, number];
  /** The part a picture shows, where several pictures show one; undefined for none. @defaultValue the sample's `group` */
  group?: (sample: Sample) => string | undefined;
}

/** What an audit found; plain JSON. */
export interface AuditReport {
  /** Version of this form. */
  schema: 'adlib.audit/1';
  /** Name of the data set. */
  dataset: string;
  /** Samples looked at. */
  samples: number;
  /** Findings, errors first. */
  findings: Finding[];
  /** How many of each level. */
  counts: { error: number; warning: number; note: number };
  /** Samples by role and defect type. */
  groups: AuditGroup[];
  /** How large the defects are, by type. */
  defects: DefectSize[];
  /** How many pairs of pictures the search for near copies compared, and how many each step left. */
  comparison: Comparison;
  /** `[height, width]` that sizes of defects were judged for; `null` where none was given. */
  inputSize: [number, number] | null;
}

/**
 * Looks at every picture and mask of a data set for what would make figures wrong: the same picture, or the same part, in two
 * roles (exact copies by hash; near, mirrored and turned ones by print and thumbnail), wrong labels, pictures that are blank,
 * blurred, cut off or unlike the others, light that changes, masks that are empty, inverted or grey, defects and groups that
 * are too small. Each picture is decoded once; four at a time are in memory, and three kilobytes are kept of each.
 *
 * @param dataset - the data set
 * @param options - roles, the network's input size, groups, progress and cancellation
 * @returns the findings; a sample that cannot be read is one of them
 * @throws TypeError or RangeError if an option is not valid
 * @example
 * ```ts
 * import { audit, synthetic } from '@adlib/datasets';
 * const { counts } = await audit(synthetic('screw', { good: 10, testGood: 10, defective: 4, size: 64 }));
 * console.log(counts.error); // 0
 * ```
 */
export async function audit(dataset: Dataset, options: AuditOptions = {}): Promise<AuditReport> {
  const { manifest, inputSize, group = ownGroup, onProgress, signal } = options;
  assertKnownOptions('audit', options, ['manifest', 'inputSize', 'group', 'onProgress', 'signal']);
  if (typeof group !== 'function') throw new TypeError(argumentMessage('audit', 'group', 'a function', group));
  if (inputSize !== undefined) {
    assertLength('audit', 'inputSize', inputSize, 2, '[height, width]');
    inputSize.forEach((n, axis) => assertInteger('audit', `inputSize[${axis}]`, n, 1));
  }
  const { all, unreadable } = await readAll(dataset.samples, options);
  const roleOf = new Map<string, Role>(manifest?.samples.map(({ id, role }) => [id, role]));
  const useOf: UseOf = ({ sample }) => {
    if (sample.disputed !== undefined) return undefined;
    return manifest === undefined ? (sample.role ?? sample.split) : roleOf.get(sample.id);
  };
  onProgress?.({ stage: 'compare', done: 0, total: 1 });
  const distinct = [...groupBy(all, ({ hash }) => hash).values()].map((same) => same[0]!);
  const nearness = await nearDuplicates(distinct, signal);
  onProgress?.({ stage: 'compare', done: 1, total: 1 });
  const findings = withUsual(all, useOf, [
    ...unreadable,
    ...copyFindings(all, useOf),
    ...nearFindings(nearness, useOf),
    ...groupFindings(all, useOf, group),
    ...formatFindings(all, useOf),
    ...pictureFindings(all),
    ...frameFindings(all),
    ...strangerFindings(distinct, nearness),
    ...lightFindings(all, useOf),
    ...maskFindings(all, inputSize),
    ...countFindings(all, useOf),
  ]);
  const order = ['error', 'warning', 'note'] as const;
  findings.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  const count = (level: FindingLevel): number => findings.filter((one) => one.level === level).length;
  return {
    schema: 'adlib.audit/1',
    dataset: dataset.name,
    samples: dataset.samples.length,
    findings,
    counts: { error: count('error'), warning: count('warning'), note: count('note') },
    groups: groupsOf(all, useOf),
    defects: defectSizes(all),
    comparison: nearness.comparison,
    inputSize: inputSize === undefined ? null : [inputSize[0], inputSize[1]],
  };
}

function ownGroup({ group }: Sample): string | undefined {
  return group;
}

async function readAll(
  samples: readonly Sample[],
  { onProgress, signal }: LongCallOptions,
): Promise<{ all: SampleFeatures[]; unreadable: Finding[] }> {
  const unreadable: Finding[] = [];
  const limited = limiter(4);
  let done = 0;
  const read = await Promise.all(
    samples.map((sample) =>
      limited(async () => {
        signal?.throwIfAborted();
        const features = await featuresOf(sample).catch((error: unknown) => {
          unreadable.push(finding('unreadable', [sample.id], `It cannot be read: ${(error as Error).message}`));
          return undefined;
        });
        onProgress?.({ stage: 'audit', done: ++done, total: samples.length });
        return features;
      }),
    ),
  );
  unreadable.sort((a, b) => (a.files[0]! < b.files[0]! ? -1 : 1));
  return { all: read.filter((features): features is SampleFeatures => features !== undefined), unreadable };
}
