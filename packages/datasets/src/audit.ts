import { assertInteger, assertKnownOptions, assertLength, type LongCallOptions } from '@adlib/core';
import { featuresOf, type SampleFeatures } from './audit/features.js';
import {
  driftFindings,
  duplicateFindings,
  maskFindings,
  pictureFindings,
  sizeFindings,
  type Finding,
  type UseOf,
} from './audit/findings.js';
import type { Dataset, Role } from './dataset.js';
import { limiter } from './limiter.js';
import type { RoleManifest } from './roles.js';

/** Options of {@link audit}. */
export interface AuditOptions extends LongCallOptions {
  /** What each sample is used for. @defaultValue the layout's train and test */
  manifest?: RoleManifest;
  /** `[height, width]` of the network's input, to find defects that would be too small in it. @defaultValue not checked */
  inputSize?: readonly [number, number];
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
}

/**
 * Looks at every picture and mask of a data set for what would make figures wrong: the same picture in two roles (exact copies
 * by hash, near copies by print and thumbnail), wrong labels, pictures that are blank, blurred or unlike the others, masks
 * that are empty or inverted, groups too small. Four pictures at a time are in memory; a few kilobytes are kept of each.
 *
 * @param dataset - the data set
 * @param options - roles, the network's input size, progress and cancellation
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
  const { manifest, inputSize, onProgress, signal } = options;
  assertKnownOptions('audit', options, ['manifest', 'inputSize', 'onProgress', 'signal']);
  if (inputSize !== undefined) {
    assertLength('audit', 'inputSize', inputSize, 2, '[height, width]');
    inputSize.forEach((n, axis) => assertInteger('audit', `inputSize[${axis}]`, n, 1));
  }
  const findings: Finding[] = [];
  const { samples } = dataset;
  const limited = limiter(4);
  let done = 0;
  const read = await Promise.all(
    samples.map((sample) =>
      limited(async () => {
        signal?.throwIfAborted();
        const features = await featuresOf(sample).catch((error: unknown) => {
          const message = `It cannot be read: ${(error as Error).message}`;
          findings.push({
            kind: 'unreadable',
            level: 'error',
            files: [sample.id],
            message,
            advice: 'Replace or remove it.',
          });
          return undefined;
        });
        onProgress?.({ stage: 'audit', done: ++done, total: samples.length });
        return features;
      }),
    ),
  );
  const all = read.filter((features): features is SampleFeatures => features !== undefined);
  const roleOf = new Map<string, Role>(manifest?.samples.map(({ id, role }) => [id, role]));
  const useOf: UseOf = ({ sample }) => (manifest === undefined ? sample.split : roleOf.get(sample.id));
  findings.push(
    ...duplicateFindings(all, useOf),
    ...pictureFindings(all),
    ...driftFindings(all, useOf),
    ...maskFindings(all, inputSize),
    ...sizeFindings(all, useOf),
  );
  const order = ['error', 'warning', 'note'] as const;
  findings.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  const count = (level: Finding['level']): number => findings.filter((finding) => finding.level === level).length;
  return {
    schema: 'adlib.audit/1',
    dataset: dataset.name,
    samples: samples.length,
    findings,
    counts: { error: count('error'), warning: count('warning'), note: count('note') },
  };
}
