import type { Role } from '../dataset.js';
import type { SampleFeatures } from './features.js';
import { finding, groupBy, ids, median, type Finding, type UseOf } from './findings.js';

/** How many samples have one role and one defect type. */
export interface AuditGroup {
  /** What they are used for; `null` where nothing says so. */
  readonly role: Role | null;
  /** Ground truth. */
  readonly label: 'good' | 'defective';
  /** Defect type; `good` for good parts. */
  readonly defect: string;
  /** Samples. */
  readonly samples: number;
  /** Those with a mask. */
  readonly withMask: number;
}

/** How large the defects of one type are, over the masks that mark something. */
export interface DefectSize {
  /** Defect type. */
  readonly defect: string;
  /** Masks. */
  readonly masks: number;
  /** Connected regions in all of them. */
  readonly regions: number;
  /** Smallest, middle and largest share of the picture that a mask marks, 0..1. */
  readonly share: readonly [number, number, number];
  /** The same of the longer side of each mask's largest region, in pixels of the picture. */
  readonly length: readonly [number, number, number];
}

/** Good test pictures below which a figure swings with single pictures. */
const goodAdvised = 30;
/** Defective test pictures below which it does. */
const defectiveAdvised = 60;

/**
 * Groups too small for stable figures, and defective pictures to learn from.
 *
 * @param all - every sample
 * @param useOf - what each is used for
 * @returns findings
 */
export function countFindings(all: readonly SampleFeatures[], useOf: UseOf): Finding[] {
  const findings: Finding[] = [];
  const learned = all.filter((one) => useOf(one) === 'train');
  const wrong = learned.filter(({ sample }) => sample.label === 'defective');
  if (wrong.length > 0) {
    const message = `${wrong.length} of ${learned.length} pictures to learn from are defective.`;
    findings.push(finding('defective-in-train', ids(...wrong), message));
  }
  if (learned.length - wrong.length < 20 && learned.length > 0) {
    const message = `There are ${learned.length - wrong.length} good pictures to learn from; 50 or more are advised.`;
    findings.push(finding('train-small', ids(...learned), message));
  }
  const test = all.filter((one) => useOf(one) === 'test');
  if (test.length === 0) return findings;
  for (const [label, advised] of [
    ['good', goodAdvised],
    ['defective', defectiveAdvised],
  ] as const) {
    const some = test.filter(({ sample }) => sample.label === label);
    if (some.length >= advised) continue;
    const shift =
      some.length === 0 ? '' : `: one of them can shift the AUROC by up to ${(100 / some.length).toFixed(1)} points`;
    const message = `There are ${some.length} ${label} test pictures (${advised} or more advised)${shift}.`;
    findings.push(finding('test-small', ids(...some), message));
  }
  for (const [defect, some] of groupBy(test, ({ sample }) => sample.defect)) {
    if (some.length >= 10) continue;
    // Rule of three: nothing seen in n tries leaves rates up to 3 / n open, with 95 % confidence.
    const rate = Math.min(100, Math.round(300 / some.length));
    const message = `${some.length} test ${some.length === 1 ? 'picture' : 'pictures'} of '${defect}': even with no error among them, an error rate of up to ${rate} % is possible.`;
    findings.push(finding('class-small', ids(...some), message));
  }
  return findings;
}

/**
 * Samples by role and defect type, good first.
 *
 * @param all - every sample
 * @param useOf - what each is used for
 * @returns one row per role and defect type
 */
export function groupsOf(all: readonly SampleFeatures[], useOf: UseOf): AuditGroup[] {
  const order = ['train', 'validation', 'calibration', 'test', null];
  return [...groupBy(all, (one) => `${useOf(one) ?? ''}/${one.sample.label}/${one.sample.defect}`).values()]
    .map((some) => ({
      role: useOf(some[0]!) ?? null,
      label: some[0]!.sample.label,
      defect: some[0]!.sample.defect,
      samples: some.length,
      withMask: some.filter(({ mask }) => mask !== undefined).length,
    }))
    .sort(
      (a, b) =>
        order.indexOf(a.role) - order.indexOf(b.role) ||
        (a.label === b.label ? (a.defect < b.defect ? -1 : 1) : a.label === 'good' ? -1 : 1),
    );
}

/**
 * How large the defects of each type are.
 *
 * @param all - every sample
 * @returns one row per type that has masks, in alphabetical order
 */
export function defectSizes(all: readonly SampleFeatures[]): DefectSize[] {
  const marked = all.filter(({ sample, mask }) => sample.label === 'defective' && (mask?.regions.length ?? 0) > 0);
  const three = (values: readonly number[]): [number, number, number] => [
    Math.min(...values),
    median(values),
    Math.max(...values),
  ];
  return [...groupBy(marked, ({ sample }) => sample.defect)]
    .map(([defect, some]) => ({
      defect,
      masks: some.length,
      regions: some.reduce((sum, { mask }) => sum + mask!.regions.length, 0),
      share: three(some.map(({ mask }) => mask!.share)),
      length: three(
        some.map(({ mask, height, width }) =>
          Math.round(Math.max(mask!.regions[0]!.height * height, mask!.regions[0]!.width * width)),
        ),
      ),
    }))
    .sort((a, b) => (a.defect < b.defect ? -1 : 1));
}
