import type { Role } from '../dataset.js';
import { median, nearDuplicates } from './duplicates.js';
import type { SampleFeatures } from './features.js';

/** What an audit looks for. */
export type FindingKind =
  | 'unreadable'
  | 'leak'
  | 'duplicate'
  | 'near-leak'
  | 'near-duplicate'
  | 'label-conflict'
  | 'blank'
  | 'clipped'
  | 'format'
  | 'brightness'
  | 'contrast'
  | 'colour'
  | 'blur'
  | 'drift'
  | 'mask-empty'
  | 'mask-full'
  | 'mask-size'
  | 'mask-border'
  | 'mask-missing'
  | 'defect-small'
  | 'class-small';

/** One thing an audit found. */
export interface Finding {
  /** What it is. */
  readonly kind: FindingKind;
  /** `error`: figures would be wrong. `warning`: look at it. `note`: good to know. */
  readonly level: 'error' | 'warning' | 'note';
  /** Ids of the samples concerned. */
  readonly files: readonly string[];
  /** What was found, and why it matters. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

/** What a sample is used for, as far as it is known. */
export type UseOf = (features: SampleFeatures) => Role | undefined;

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

const ids = (...features: readonly SampleFeatures[]): string[] => features.map(({ sample }) => sample.id);

/**
 * Copies, near copies, and what they mean.
 *
 * @param all - every sample
 * @param useOf - what each is used for
 * @returns findings
 */
export function duplicateFindings(all: readonly SampleFeatures[], useOf: UseOf): Finding[] {
  const findings: Finding[] = [];
  const byHash = groupBy(all, ({ hash }) => hash);
  for (const same of byHash.values()) {
    if (same.length === 1) continue;
    const files = ids(...same);
    if (new Set(same.map(({ sample }) => sample.label)).size > 1) {
      const message = 'One file is both good and defective: it is counted wrong whatever is decided of it.';
      findings.push({
        kind: 'label-conflict',
        level: 'error',
        files,
        message,
        advice: 'Keep the one with the right label.',
      });
    }
    if (new Set(same.map(useOf)).size > 1) {
      const message = 'One file is in two roles: the test would reward remembering it.';
      findings.push({ kind: 'leak', level: 'error', files, message, advice: 'Remove it from all roles but one.' });
    } else {
      const message = 'Copies of one file count as several pictures.';
      findings.push({ kind: 'duplicate', level: 'warning', files, message, advice: 'Keep one of them.' });
    }
  }
  for (const { a, b, difference } of nearDuplicates([...byHash.values()].map((same) => same[0]!))) {
    const leak = useOf(a) !== useOf(b);
    findings.push({
      kind: leak ? 'near-leak' : 'near-duplicate',
      level: leak ? 'error' : 'warning',
      files: ids(a, b),
      message:
        `Both files show one picture: they differ by ${difference.toFixed(2)} of 255 grey levels on average.` +
        (leak ? ' They are in two roles: the test would reward remembering it.' : ' They count as two pictures.'),
      advice: 'Look at both; keep one of them.',
    });
  }
  return findings;
}

/**
 * Pictures that are blank, clipped, blurred, of another format, or unlike the good ones in light or colour.
 *
 * @param all - every sample
 * @returns findings
 */
export function pictureFindings(all: readonly SampleFeatures[]): Finding[] {
  const findings: Finding[] = [];
  const blank = all.filter(({ contrast }) => contrast < 2 / 255);
  for (const one of blank) {
    const message = `The picture is blank: its values spread over ${(255 * one.contrast).toFixed(1)} of 255 grey levels.`;
    findings.push({ kind: 'blank', level: 'error', files: ids(one), message, advice: 'Remove it or take it anew.' });
  }
  const formats = [...groupBy(all, ({ format }) => format)].sort((a, b) => b[1].length - a[1].length);
  for (const [format, some] of formats.slice(1)) {
    const message = `${some.length} of ${all.length} pictures are ${format}, most are ${formats[0]![0]}.`;
    findings.push({
      kind: 'format',
      level: 'warning',
      files: ids(...some),
      message,
      advice: 'Check that one camera and one setting made them all.',
    });
  }
  const rest = all.filter((one) => !blank.includes(one));
  const good = rest.filter(({ sample }) => sample.label === 'good');
  const outliers = (
    kind: FindingKind,
    what: string,
    of: (f: SampleFeatures) => number,
    least: number,
    side: 'both' | 'low' | 'high' = 'both',
  ): void => {
    if (good.length < 8) return;
    const usual = median(good.map(of));
    const spread = Math.max(1.4826 * median(good.map((f) => Math.abs(of(f) - usual))), least / 6);
    for (const one of good) {
      const z = (of(one) - usual) / spread;
      if (!((side !== 'low' && z > 8) || (side !== 'high' && z < -8))) continue;
      const message = `${what} is ${of(one).toPrecision(3)}, ${Math.abs(z).toFixed(0)} times the usual spread from the good pictures' ${usual.toPrecision(3)}.`;
      findings.push({
        kind,
        level: 'warning',
        files: ids(one),
        message,
        advice: 'Look at it: a good picture must look like the others.',
      });
    }
  };
  outliers('brightness', 'Mean brightness', ({ brightness }) => brightness, 0.06);
  outliers('contrast', 'Contrast', ({ contrast }) => contrast, 0.04);
  outliers('colour', 'Red minus blue', ({ warmth }) => warmth, 0.04);
  outliers('clipped', 'Share of black and white pixels', ({ clipped }) => clipped, 0.1, 'high');
  outliers('blur', 'Sharpness (logarithm)', ({ sharpness }) => Math.log(sharpness + 1e-9), 0.6, 'low');
  return findings;
}

/**
 * Good test pictures that are lit unlike the training pictures.
 *
 * @param all - every sample
 * @param useOf - what each is used for
 * @returns at most one finding
 */
export function driftFindings(all: readonly SampleFeatures[], useOf: UseOf): Finding[] {
  const good = all.filter(({ sample }) => sample.label === 'good');
  const test = good.filter((one) => useOf(one) === 'test');
  const train = good.filter((one) => !test.includes(one));
  if (test.length < 5 || train.length < 5) return [];
  const usual = median(train.map(({ brightness }) => brightness));
  const spread = Math.max(1.4826 * median(train.map(({ brightness }) => Math.abs(brightness - usual))), 0.005);
  const shift = median(test.map(({ brightness }) => brightness)) - usual;
  if (Math.abs(shift) < 3 * spread) return [];
  const message = `Good test pictures are ${shift > 0 ? 'brighter' : 'darker'} than those for training by ${Math.abs(shift).toFixed(3)}, ${(Math.abs(shift) / spread).toFixed(0)} times the usual spread: false alarms will be counted that have nothing to do with defects.`;
  return [
    {
      kind: 'drift',
      level: 'warning',
      files: ids(...test),
      message,
      advice: 'Take good pictures for both under the same light.',
    },
  ];
}

/**
 * Masks that are empty, nearly full, of another size, at the border, missing, or too small to be seen.
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
  const add = (
    kind: FindingKind,
    level: Finding['level'],
    one: SampleFeatures,
    message: string,
    advice: string,
  ): number => findings.push({ kind, level, files: ids(one), message, advice });
  const defective = all.filter(({ sample }) => sample.label === 'defective');
  for (const one of defective) {
    const { mask, height, width } = one;
    if (mask === undefined) continue;
    if (!mask.fits)
      add('mask-size', 'error', one, "The mask has not the picture's size.", 'Export it at the size of the picture.');
    else if (mask.share === 0)
      add(
        'mask-empty',
        'error',
        one,
        'The mask of a defective picture is empty.',
        'Draw the defect, or remove the mask.',
      );
    else if (mask.share > 0.5) {
      const share = `${(100 * mask.share).toFixed(0)} %`;
      add('mask-full', 'warning', one, `The mask covers ${share} of the picture.`, 'Check that it is not inverted.');
    } else if (mask.atBorder) {
      add('mask-border', 'note', one, 'The mask reaches the border: the defect may be cut off.', 'Check the framing.');
    }
    const pixels = mask.share * (inputSize?.[0] ?? height) * (inputSize?.[1] ?? width);
    if (inputSize !== undefined && mask.share > 0 && pixels < 16) {
      const message = `The defect is ${pixels.toFixed(1)} pixels in an input of ${inputSize[0]}×${inputSize[1]}.`;
      add('defect-small', 'warning', one, message, 'Use a larger input or crop to the part.');
    }
  }
  const without = defective.filter(({ mask }) => mask === undefined);
  if (without.length > 0) {
    const message = `${without.length} of ${defective.length} defective pictures have no mask: they count in image-level figures only.`;
    findings.push({
      kind: 'mask-missing',
      level: 'note',
      files: ids(...without),
      message,
      advice: 'Draw masks to measure localisation.',
    });
  }
  return findings;
}

/**
 * Groups too small for stable figures.
 *
 * @param all - every sample
 * @param useOf - what each is used for
 * @returns findings
 */
export function sizeFindings(all: readonly SampleFeatures[], useOf: UseOf): Finding[] {
  const findings: Finding[] = [];
  const groups = groupBy(
    all.filter((one) => useOf(one) === 'test'),
    ({ sample }) => sample.defect,
  );
  for (const [defect, some] of groups) {
    if (some.length >= 10) continue;
    // Rule of three: nothing seen in n tries leaves rates up to 3 / n open, with 95 % confidence.
    const rate = Math.min(100, Math.round(300 / some.length));
    const message = `${some.length} test ${some.length === 1 ? 'picture' : 'pictures'} of '${defect}': even with no error among them, an error rate of up to ${rate} % is possible.`;
    findings.push({
      kind: 'class-small',
      level: 'note',
      files: ids(...some),
      message,
      advice: 'Collect more, or report it with its interval.',
    });
  }
  return findings;
}
