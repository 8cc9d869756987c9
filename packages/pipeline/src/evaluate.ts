import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  type Detector,
  type LongCallOptions,
  type ScoreOptions,
} from '@adlib/core';
import { imagesOf, type Sample } from '@adlib/datasets';
import { PixelAccumulator, type ProCurve } from '@adlib/metrics';
import { decide, type Threshold } from '@adlib/thresholds';
import { hashesOf, setHash } from './contentHash.js';
import { defectFigures } from './defectFigures.js';
import { figure, imageFigures, imageRoc } from './imageFigures.js';
import { pickSamples, type SampleCounts } from './pickSamples.js';
import type { DisputedResult, EvaluationResults, EvaluationSample, ImageResult, PixelFigures } from './results.js';
import { thinCurve } from './thinCurve.js';
import { versions } from './version.js';
import { evaluationWarnings } from './warnings.js';

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends LongCallOptions {
  /** Name of the data set, for the results. @defaultValue 'test' */
  name?: string;
  /** Limit of the false-positive rate of AUPRO, in (0, 1]. @defaultValue 0.3 */
  fprLimit?: number;
  /**
   * Leading bits of pixel scores to tell apart, 12 to 24. Absent: pixel figures are exact and take 4 bytes per pixel of
   * the test set. Given: memory does not grow with the test set, see `PixelAccumulator`.
   */
  pixelBits?: number;
  /** Where to run. @defaultValue 'auto' */
  device?: NonNullable<ScoreOptions['device']>;
  /** How many pictures of each kind come back. */
  pictures?: SampleCounts;
  /** Content hashes of images used for training, validation or calibration: test images among them are warned of. */
  seen?: ReadonlySet<string>;
  /** Facts for the results' provenance, for example the seed of training. */
  provenance?: Readonly<Record<string, string | number>>;
}

/** What {@link evaluate} gives. */
export interface Evaluation {
  /** Figures and decisions, plain JSON. */
  results: EvaluationResults;
  /** The pictures a person should see, for the report. */
  samples: EvaluationSample[];
}

const KNOWN = ['name', 'fprLimit', 'pixelBits', 'device', 'pictures', 'seen', 'provenance', 'onProgress', 'signal'];

/**
 * Scores test images one after the other and measures how well they are told apart. Nothing is fitted here: scores stay
 * raw, and decisions use the threshold as it is. Anomaly maps are compared with the masks at each image's own size. Images
 * whose label is disputed (`borderline` of `@adlib/datasets`) are scored too, but take part in no figure: they come apart.
 *
 * @param detector - a fitted detector; not changed
 * @param threshold - a threshold fitted on calibration images
 * @param tested - the test images; good ones, and defective ones with masks where there are any; disputed ones
 * @param options - see {@link EvaluateOptions}
 * @returns the results, and the pictures of the worst, borderline and best images (scored a second time)
 * @throws RangeError if there are no samples but disputed ones, a score is not finite, or a mask has another size than its image;
 *   NotFittedError if the detector has learned nothing; the signal's reason when cancelled
 * @example
 * ```ts
 * import { assignRoles, samplesByRole, synthetic } from '@adlib/datasets';
 * import { ConvAutoencoder } from '@adlib/models';
 * import { calibrate, evaluate, train } from '@adlib/pipeline';
 * const dataset = synthetic('screw', { good: 8, testGood: 2, defective: 2, size: 64 });
 * const roles = await samplesByRole(dataset, await assignRoles(dataset));
 * const detector = new ConvAutoencoder({ size: [16, 16], widths: [4, 8], epochs: 1 });
 * const { seen } = await train(detector, roles);
 * const { threshold } = await calibrate(detector, roles.calibration);
 * const { results } = await evaluate(detector, threshold, roles.test, { name: dataset.name, seen: new Set(seen) });
 * console.log(results.counts, results.warnings[0]); // ... Only 2 good test images (30 or more are advised): ...
 * detector.dispose();
 * ```
 */
export async function evaluate(
  detector: Detector,
  threshold: Threshold,
  tested: readonly Sample[],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { name = 'test', fprLimit = 0.3, pictures = {}, seen = new Set(), provenance = {}, signal } = options;
  const samples = tested.filter((sample) => sample.disputed === undefined);
  checkArguments(samples, fprLimit, options);
  const hashes = await hashesOf(samples, signal);
  const scored = await scoreAll(detector, threshold, samples, options);
  const disputed = await scoreDisputed(detector, threshold, tested, options);
  const started = performance.now();
  const { images, pixels } = scored;
  const withPixels = pixels.groups.some((group) => group !== 'good') ? pixels : undefined;
  const pixel = withPixels && pixelFigures(withPixels, fprLimit);
  const good = images.filter((row) => row.label === 'good').length;
  const defective = images.length - good;
  const results: EvaluationResults = {
    schema: 'adlib.evaluation/1',
    detector: { kind: detector.kind, options: detector.options },
    data: { name, testHash: await setHash(hashes) },
    image: imageFigures(images, threshold),
    pixel: pixel ?? null,
    threshold,
    perDefect: defectFigures(images, threshold, withPixels, fprLimit),
    counts: { images: images.length, good, defective, withMask: scored.withMask },
    seconds: { scoring: scored.seconds, metrics: 0, perImage: scored.seconds / images.length },
    images,
    ...(disputed.length === 0 ? {} : { disputed }),
    curves: { roc: imageRoc(images), pro: withPixels === undefined ? null : thinnedPro(withPixels.proCurve()) },
    warnings: evaluationWarnings({
      good,
      defective,
      withoutMask: defective - scored.withMask,
      emptyMask: scored.emptyMask,
      maps: scored.maps,
      seenBefore: samples.filter((_, i) => seen.has(hashes[i]!)).map((sample) => sample.id),
      repeated: samples.filter((_, i) => hashes.indexOf(hashes[i]!) < i).map((sample) => sample.id),
      threshold,
      disputed: disputed.length,
    }),
    provenance: { ...versions(), device: options.device ?? 'auto', ...provenance },
  };
  results.seconds.metrics = scored.metricsSeconds + (performance.now() - started) / 1000;
  return { results, samples: await readPictures(detector, samples, results, pictures, options) };
}

function checkArguments(samples: readonly Sample[], fprLimit: number, options: EvaluateOptions): void {
  assertKnownOptions('evaluate', options, KNOWN);
  assertFinite('evaluate', 'fprLimit', fprLimit, Number.MIN_VALUE, 1);
  if (options.pixelBits !== undefined) assertInteger('evaluate', 'pixelBits', options.pixelBits, 12, 24);
  assertKnownOptions('evaluate', options.pictures ?? {}, ['worst', 'borderline', 'best']);
  if (samples.length === 0) {
    throw new RangeError(
      argumentMessage('evaluate', 'samples', '1 or more test images', samples, 'Use the samples of role test.'),
    );
  }
}

interface Scored {
  images: ImageResult[];
  pixels: PixelAccumulator;
  withMask: number;
  emptyMask: number;
  maps: boolean;
  /** Wall time of everything but adding to the accumulator. */
  seconds: number;
  metricsSeconds: number;
}

async function scoreAll(
  detector: Detector,
  threshold: Threshold,
  samples: readonly Sample[],
  { device, signal, onProgress, pixelBits }: EvaluateOptions,
): Promise<Scored> {
  const started = performance.now();
  const pixels = new PixelAccumulator(pixelBits === undefined ? {} : { bits: pixelBits });
  const scored: Scored = { images: [], pixels, withMask: 0, emptyMask: 0, maps: false, seconds: 0, metricsSeconds: 0 };
  const options = { ...(device === undefined ? {} : { device }), ...(signal === undefined ? {} : { signal }) };
  for await (const { score, map } of detector.scoreEach(imagesOf(samples), options)) {
    const sample = samples[scored.images.length]!;
    const { id, label, defect } = sample;
    assertScore(id, score);
    scored.images.push({ id, label, defect, score, decision: decide(threshold, score) });
    if (map !== undefined) {
      scored.maps = true;
      const mask = label === 'defective' ? await sample.mask?.() : undefined;
      if (mask !== undefined) {
        scored.withMask++;
        if (!mask.data.includes(1)) scored.emptyMask++;
        assertMaskSize(id, mask, map.shape);
      }
      const before = performance.now();
      if (label === 'good' || mask !== undefined) pixels.add(map, mask, defect);
      scored.metricsSeconds += (performance.now() - before) / 1000;
    } else if (label === 'defective' && sample.mask !== undefined) scored.withMask++;
    onProgress?.({ stage: 'evaluate', done: scored.images.length, total: samples.length });
  }
  scored.seconds = (performance.now() - started) / 1000 - scored.metricsSeconds;
  return scored;
}

async function scoreDisputed(
  detector: Detector,
  threshold: Threshold,
  tested: readonly Sample[],
  { device, signal }: EvaluateOptions,
): Promise<DisputedResult[]> {
  const samples = tested.filter((sample) => sample.disputed !== undefined);
  const results: DisputedResult[] = [];
  if (samples.length === 0) return results;
  const options = { ...(device === undefined ? {} : { device }), ...(signal === undefined ? {} : { signal }) };
  for await (const { score } of detector.scoreEach(imagesOf(samples), { ...options, maps: false })) {
    const { id, label, defect, disputed } = samples[results.length]!;
    assertScore(id, score);
    results.push({ id, label, defect, score, decision: decide(threshold, score), reason: disputed! });
  }
  return results;
}

function assertScore(id: string, score: number): void {
  if (Number.isFinite(score)) return;
  throw new RangeError(argumentMessage('evaluate', `the score of ${id}`, 'a finite number', score));
}

function assertMaskSize(id: string, mask: { width: number; height: number }, shape: readonly number[]): void {
  if (mask.height === shape[0] && mask.width === shape[1]) return;
  throw new RangeError(
    argumentMessage(
      'evaluate',
      `the mask of ${id}`,
      `as large as its image (${shape[1]!}×${shape[0]!})`,
      `${mask.width}×${mask.height}`,
      'Export the mask at the size of the picture.',
    ),
  );
}

function pixelFigures(pixels: PixelAccumulator, fprLimit: number): PixelFigures {
  return {
    auroc: figure(pixels.auroc()),
    aupro: figure(pixels.aupro({ fprLimit })),
    fprLimit,
    images: pixels.counts().maps,
  };
}

function thinnedPro({ fpr, pro }: ProCurve): { fpr: number[]; pro: number[] } | null {
  const { x, y } = thinCurve(fpr, pro);
  return [...x, ...y].every(Number.isFinite) ? { fpr: x, pro: y } : null;
}

async function readPictures(
  detector: Detector,
  samples: readonly Sample[],
  results: EvaluationResults,
  counts: SampleCounts,
  { device, signal }: EvaluateOptions,
): Promise<EvaluationSample[]> {
  const out: EvaluationSample[] = [];
  const scoreOptions = { ...(device === undefined ? {} : { device }), ...(signal === undefined ? {} : { signal }) };
  for (const { kind, index } of pickSamples(results.images, results.threshold.value, counts)) {
    const sample = samples[index]!;
    const image = await sample.image();
    const [detection] = await detector.score([image], scoreOptions);
    const mask = sample.label === 'defective' ? await sample.mask?.() : undefined;
    out.push({
      kind,
      result: results.images[index]!,
      image,
      ...(detection?.map === undefined ? {} : { map: detection.map }),
      ...(mask === undefined ? {} : { mask }),
    });
  }
  return out;
}
