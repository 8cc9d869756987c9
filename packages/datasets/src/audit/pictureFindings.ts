import type { SampleFeatures } from './features.js';
import { finding, groupBy, ids, usualOf, type Finding, type UseOf } from './findings.js';
import type { FindingKind } from './kinds.js';

/** Robust spreads from the usual value beyond which a good picture is told of. */
const far = 8;
/** Good pictures below which nothing is usual. */
export const enoughGood = 8;

/**
 * Good pictures that can be compared with each other: not blank.
 *
 * @param all - every sample
 * @returns the good ones that show something
 */
export function goodOnes(all: readonly SampleFeatures[]): SampleFeatures[] {
  return all.filter((one) => one.sample.label === 'good' && !isBlank(one));
}

function isBlank({ contrast }: SampleFeatures): boolean {
  return contrast < 2 / 255;
}

/**
 * Pictures that are blank, and good ones that are unlike the others in light, colour or sharpness.
 *
 * @param all - every sample
 * @returns findings
 */
export function pictureFindings(all: readonly SampleFeatures[]): Finding[] {
  const findings = all
    .filter(isBlank)
    .map((one) =>
      finding('blank', ids(one), `Its values spread over ${(255 * one.contrast).toFixed(1)} of 255 grey levels.`),
    );
  const good = goodOnes(all);
  if (good.length < enoughGood) return findings;
  const outliers = (
    kind: FindingKind,
    what: string,
    of: (f: SampleFeatures) => number,
    least: number,
    side: 'both' | 'low' | 'high' = 'both',
  ): void => {
    const { usual, spread } = usualOf(good.map(of), least / far);
    for (const one of good) {
      const z = (of(one) - usual) / spread;
      if (!((side !== 'low' && z > far) || (side !== 'high' && z < -far))) continue;
      const message = `${what} is ${of(one).toPrecision(3)}, that of good pictures usually ${usual.toPrecision(3)}: ${Math.abs(z).toFixed(0)} times the usual spread away.`;
      findings.push(finding(kind, ids(one), message));
    }
  };
  outliers('brightness', 'Mean brightness (0 to 1)', ({ brightness }) => brightness, 0.08);
  outliers('contrast', 'Contrast (standard deviation, 0 to 1)', ({ contrast }) => contrast, 0.053);
  outliers('colour', 'Red minus blue', ({ colour }) => colour[0], 0.053);
  outliers('colour', 'Green minus red and blue', ({ colour }) => colour[1], 0.053);
  outliers('colour', 'Strength of colour', ({ colour }) => colour[2], 0.08);
  outliers('clipped', 'Share of black and white pixels', ({ clipped }) => clipped, 0.13, 'high');
  // Light and haze scale edges and contrast alike.
  const log = ({ sharpness, contrast }: SampleFeatures): number => Math.log10(sharpness / contrast ** 2 + 1e-9);
  outliers('blur', 'Fineness (logarithm of edges over contrast)', log, 0.35, 'low');
  outliers('noise', 'Fineness (logarithm of edges over contrast)', log, 0.35, 'high');
  outliers('bars', 'Share of height or width in lines of one value', ({ bars }) => bars, 0.05, 'high');
  return onePerPicture(findings);
}

/** A picture that is of another colour in two ways is told of once. */
function onePerPicture(findings: readonly Finding[]): Finding[] {
  return [...groupBy(findings, ({ kind, files }) => `${kind} ${files[0]!}`).values()].map((some) => some[0]!);
}

/**
 * Pictures that are stored in another form than most: size, depth, channels, file type; and a form that gives the label away.
 *
 * @param all - every sample
 * @param useOf - what each is used for
 * @returns findings
 */
export function formatFindings(all: readonly SampleFeatures[], useOf: UseOf): Finding[] {
  const findings: Finding[] = [];
  const forms = {
    size: ({ width, height }: SampleFeatures): string => `${width}×${height}`,
    'bit-depth': ({ bits }: SampleFeatures): string => bits,
    channels: ({ channels }: SampleFeatures): string => (channels === 1 ? 'grey' : 'colour'),
    'file-type': ({ ending }: SampleFeatures): string => ending,
  } as const;
  const test = all.filter((one) => useOf(one) === 'test');
  for (const [kind, of] of Object.entries(forms) as [keyof typeof forms, (f: SampleFeatures) => string][]) {
    const groups = [...groupBy(all, of)].sort((a, b) => b[1].length - a[1].length);
    for (const [form, some] of groups.slice(1)) {
      const message = `${some.length} of ${all.length} pictures are ${form || 'without ending'}, most are ${groups[0]![0] || 'without ending'}.`;
      findings.push(finding(kind, ids(...some), message));
    }
    const formsOf = (label: string): Set<string> => new Set(test.filter((f) => f.sample.label === label).map(of));
    const [good, defective] = [formsOf('good'), formsOf('defective')];
    if (good.size === 0 || defective.size === 0 || [...good].some((form) => defective.has(form))) continue;
    const message = `Good test pictures are ${[...good].join(', ')}, defective ones ${[...defective].join(', ')}.`;
    findings.push(finding('shortcut', ids(...test.filter((f) => f.sample.label === 'defective')), message));
  }
  return findings;
}

/** Kinds of which one wants to see how the other pictures look. */
const compared: ReadonlySet<FindingKind> = new Set([
  ...([
    'size',
    'bit-depth',
    'channels',
    'brightness',
    'contrast',
    'colour',
    'clipped',
    'blur',
    'noise',
    'bars',
  ] as const),
  ...(['out-of-frame', 'stranger', 'vignetting', 'highlight', 'drift'] as const),
]);

/**
 * Gives findings on unlike pictures a usual one to compare with: the good picture, to learn from where there is one, whose
 * brightness and contrast are nearest to those in the middle.
 *
 * @param all - every sample
 * @param useOf - what each is used for
 * @param findings - the findings
 * @returns the findings, in the same order
 */
export function withUsual(all: readonly SampleFeatures[], useOf: UseOf, findings: readonly Finding[]): Finding[] {
  const good = goodOnes(all);
  const learned = good.filter((one) => useOf(one) !== 'test');
  const some = learned.length > 0 ? learned : good;
  if (some.length === 0) return [...findings];
  const light = usualOf(some.map(({ brightness }) => brightness), 0.01); // prettier-ignore
  const range = usualOf(some.map(({ contrast }) => contrast), 0.01); // prettier-ignore
  const away = ({ brightness, contrast }: SampleFeatures): number =>
    Math.abs(brightness - light.usual) / light.spread + Math.abs(contrast - range.usual) / range.spread;
  const usual = some.reduce((best, one) => (away(one) < away(best) ? one : best)).sample.id;
  return findings.map((one) => (compared.has(one.kind) && !one.files.includes(usual) ? { ...one, usual } : one));
}
