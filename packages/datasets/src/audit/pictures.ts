import {
  argumentMessage,
  assertInteger,
  assertKnownOptions,
  breathe,
  prepareImage,
  resizeBilinear,
  type Image,
  type LongCallOptions,
  type Mask,
} from '@adlib/core';
import type { AuditReport } from '../audit.js';
import type { Dataset, Sample } from '../dataset.js';
import type { Finding } from './findings.js';
import type { FindingKind } from './kinds.js';

/** A small picture of a sample that an audit names. */
export interface AuditPicture {
  /** The sample's id. */
  readonly id: string;
  /** The picture, made smaller, 8 bit. */
  readonly image: Image;
  /** Its mask at the same size, where it has one that fits: 1 where any of the defect falls into a pixel. */
  readonly mask?: Mask;
}

/** Options of {@link auditPictures}. */
export interface AuditPicturesOptions extends LongCallOptions {
  /** Longer side of the small pictures, in pixels; smaller ones are left as they are. @defaultValue 200 */
  side?: number;
  /** Most pictures in all. @defaultValue 120 */
  most?: number;
  /** Findings of each kind that are shown. @defaultValue 6 */
  perKind?: number;
}

/** Pictures of one finding that are shown. */
const perFinding = 4;
/** Kinds that are about counts: pictures would say nothing. */
const withoutPictures: ReadonlySet<FindingKind> = new Set(['mask-missing', 'class-small', 'test-small', 'train-small']);

/**
 * Reads the pictures that findings name, once more and small, for a report: of each kind the first findings, of each finding
 * the first four pictures and a usual one to compare with, errors first. Those that cannot be read are left out, and kinds
 * that are about counts have none.
 *
 * @param dataset - the data set that was audited
 * @param report - what {@link audit} found
 * @param options - how large and how many, progress and cancellation
 * @returns the pictures, each once, in the order of the findings
 * @throws TypeError or RangeError if an option is not valid or the report is of another data set
 * @example
 * ```ts
 * import { audit, auditPictures, synthetic } from '@adlib/datasets';
 * const { samples, ...set } = synthetic('screw', { good: 10, testGood: 10, defective: 4, size: 64 });
 * const dataset = { ...set, samples: [...samples, { ...samples[0]!, id: 'train/good/copy.png', split: 'train' as const }] };
 * const pictures = await auditPictures(dataset, await audit(dataset), { side: 32 });
 * console.log(pictures.map(({ id, image }) => `${id} ${image.width}`)); // test/dent/000.png 32, train/good/copy.png 32
 * ```
 */
export async function auditPictures(
  dataset: Dataset,
  report: AuditReport,
  options: AuditPicturesOptions = {},
): Promise<AuditPicture[]> {
  const { side = 200, most = 120, perKind = 6, onProgress, signal } = options;
  assertKnownOptions('auditPictures', options, ['side', 'most', 'perKind', 'onProgress', 'signal']);
  assertInteger('auditPictures', 'side', side, 8, 4096);
  assertInteger('auditPictures', 'most', most, 0, 100_000);
  assertInteger('auditPictures', 'perKind', perKind, 1, 100_000);
  const samples = new Map(dataset.samples.map((sample) => [sample.id, sample]));
  const wanted = shown(report.findings, perKind).slice(0, most);
  const pictures: AuditPicture[] = [];
  for (const [i, id] of wanted.entries()) {
    await breathe(signal);
    const sample = samples.get(id);
    if (sample === undefined) {
      throw new RangeError(argumentMessage('auditPictures', 'report', `of the data set ${dataset.name}`, id));
    }
    const picture = await readSmall(sample, side);
    if (picture !== undefined) pictures.push(picture);
    onProgress?.({ stage: 'pictures', done: i + 1, total: wanted.length });
  }
  return pictures;
}

function shown(findings: readonly Finding[], perKind: number): string[] {
  const counts = new Map<string, number>();
  const wanted = new Set<string>();
  for (const { kind, files, usual } of findings) {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count > perKind || withoutPictures.has(kind)) continue;
    for (const id of files.slice(0, perFinding)) wanted.add(id);
    if (usual !== undefined) wanted.add(usual);
  }
  return [...wanted];
}

async function readSmall(sample: Sample, side: number): Promise<AuditPicture | undefined> {
  const image = await sample.image().catch(() => undefined);
  if (image === undefined) return undefined;
  const scale = Math.min(1, side / Math.max(image.height, image.width));
  const size = [Math.max(1, Math.round(scale * image.height)), Math.max(1, Math.round(scale * image.width))] as const;
  const [height, width] = size;
  const data = Uint8Array.from(prepareImage(image, { size }).data, (v) => Math.round(255 * v));
  const small: Image = { data, width, height, channels: image.channels };
  const mask = await sample.mask?.().catch(() => undefined);
  if (mask?.width !== image.width || mask.height !== image.height) return { id: sample.id, image: small };
  const marks = resizeBilinear(mask.data, [mask.height, mask.width], size);
  return { id: sample.id, image: small, mask: { data: Uint8Array.from(marks, (v) => (v > 0 ? 1 : 0)), width, height } };
}
