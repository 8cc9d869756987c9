import type { SampleFeatures } from './features.js';
import { finding, groupBy, ids, type Finding } from './findings.js';
import type { FindingKind } from './kinds.js';
import type { MaskFeatures } from './maskFeatures.js';

/** Regions of fewer pixels are specks, where there are larger ones beside them. */
const speck = 4;
/** Least length of a defect in the network's input, in pixels. */
const leastLength = 8;

/**
 * Masks that cannot be read, are empty, nearly full, of another size, grey, full of specks, at the border, used twice, on good
 * pictures, or missing; and defects too small for the network's input.
 *
 * @param all - every sample
 * @param inputSize - `[height, width]` of the network's input, where it is known
 * @returns findings
 */
export function maskFindings(
  all: readonly SampleFeatures[],
  inputSize: readonly [number, number] | undefined,
): Finding[] {
  const findings: Finding[] = [];
  const defective = all.filter(({ sample }) => sample.label === 'defective');
  for (const one of all) {
    const { mask, sample } = one;
    if (mask === undefined) continue;
    const add = (kind: FindingKind, message: string): number => findings.push(finding(kind, ids(one), message));
    if (mask.problem !== undefined) {
      add('mask-unreadable', `Its mask cannot be read: ${mask.problem}`);
      continue;
    }
    if (mask.greyLevels > 0) add('mask-grey', `Its mask has ${mask.greyLevels} values between black and white.`);
    if (mask.otherSize !== undefined) {
      const [height, width] = mask.otherSize;
      add('mask-size', `Its mask is ${width}×${height}, the picture ${one.width}×${one.height} (width×height).`);
      continue;
    }
    if (sample.label === 'good') {
      if (mask.share > 0) add('mask-good', `Its mask marks ${percent(mask.share)} of the picture.`);
      continue;
    }
    if (mask.share === 0) add('mask-empty', 'Its mask marks no pixel.');
    else if (mask.share > 0.5) add('mask-full', `Its mask covers ${percent(mask.share)} of the picture.`);
    else shapeFindings(one, mask, inputSize).forEach((args) => add(...args));
  }
  const marked = defective.filter(({ mask }) => (mask?.print ?? '') !== '');
  for (const same of groupBy(marked, ({ mask }) => mask!.print).values()) {
    if (same.length === 1 || new Set(same.map(({ hash }) => hash)).size === 1) continue;
    findings.push(finding('mask-copy', ids(...same), `${same.length} pictures have masks of the very same pixels.`));
  }
  const without = defective.filter(({ mask }) => mask === undefined);
  if (without.length > 0) {
    const message = `${without.length} of ${defective.length} defective pictures have no mask.`;
    findings.push(finding('mask-missing', ids(...without), message));
  }
  return findings;
}

function shapeFindings(
  { height, width }: SampleFeatures,
  { atBorder, regions, share }: MaskFeatures,
  inputSize: readonly [number, number] | undefined,
): [FindingKind, string][] {
  const findings: [FindingKind, string][] = [];
  if (atBorder) findings.push(['mask-border', `The mark, ${percent(share)} of the picture, reaches the border.`]);
  const specks = regions.filter(({ area }) => area < speck).length;
  if (specks > 0 && specks < regions.length) {
    const message = `${specks} of ${regions.length} regions have fewer than ${speck} pixels; the largest has ${regions[0]!.area}.`;
    findings.push(['mask-specks', message]);
  }
  if (inputSize === undefined) return findings;
  const longest = Math.max(...regions.map((r) => Math.max(r.height * inputSize[0], r.width * inputSize[1])));
  if (longest < leastLength) {
    const own = Math.max(...regions.map((r) => Math.max(r.height * height, r.width * width)));
    const message = `Its largest defect is ${own.toFixed(0)} pixels long, ${longest.toFixed(1)} in an input of ${inputSize[0]}×${inputSize[1]}; at least ${leastLength} are advised.`;
    findings.push(['defect-small', message]);
  }
  return findings;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
