import {
  argumentMessage,
  assertKnownOptions,
  type Detector,
  type LongCallOptions,
  type ScoreOptions,
} from '@adlib/core';
import { imagesOf, type Sample } from '@adlib/datasets';
import { fitThreshold, type Threshold } from '@adlib/thresholds';

/** Options of {@link calibrate}. */
export interface CalibrateOptions extends LongCallOptions {
  /** Options of the rule, for example `{ k: 3 }` for `meanPlusSigma`. */
  ruleOptions?: Readonly<Record<string, unknown>>;
  /** Where to run. @defaultValue 'auto' */
  device?: NonNullable<ScoreOptions['device']>;
}

/** Scores of good calibration images in short. */
export interface ScoreSummary {
  /** How many. */
  n: number;
  /** Smallest. */
  min: number;
  /** Mean. */
  mean: number;
  /** Median. */
  median: number;
  /** Largest. */
  max: number;
  /** Sample standard deviation (divisor n - 1); 0 for one score. */
  sd: number;
}

/** What {@link calibrate} gives. */
export interface Calibration {
  /** The threshold. */
  threshold: Threshold;
  /** Raw scores of the calibration images, in order: another rule can be fitted to them without scoring again. */
  scores: number[];
  /** The good ones in short, for the bundle. */
  summary: ScoreSummary;
  /** Smallest and largest map value on good images, what heat maps are coloured by; `null` where there are no maps. */
  mapRange: [number, number] | null;
}

/**
 * Scores calibration images and fits a threshold to the scores. The images must have taken no part in training, else
 * their scores are too low and so is the threshold.
 *
 * @param detector - a fitted detector; not changed
 * @param samples - calibration images; good ones, and defective ones for rules that learn from both
 * @param rule - name of the rule, see `thresholdRules` of `@adlib/thresholds`
 * @param options - options of the rule, device, progress, cancellation
 * @returns the threshold and the scores it stands on
 * @throws RangeError if there are no good samples, the rule is unknown or refuses the scores, or a score is not finite;
 *   NotFittedError if the detector has learned nothing; the signal's reason when cancelled
 * @example
 * ```ts
 * import { assignRoles, samplesByRole, synthetic } from '@adlib/datasets';
 * import { ConvAutoencoder } from '@adlib/models';
 * import { calibrate, train } from '@adlib/pipeline';
 * const dataset = synthetic('screw', { good: 8, testGood: 0, defective: 0, size: 64 });
 * const roles = await samplesByRole(dataset, await assignRoles(dataset));
 * const detector = new ConvAutoencoder({ size: [16, 16], widths: [4, 8], epochs: 1 });
 * await train(detector, roles);
 * const { threshold, scores } = await calibrate(detector, roles.calibration, 'meanPlusSigma', { ruleOptions: { k: 3 } });
 * console.log(threshold.value > Math.max(...scores)); // true
 * detector.dispose();
 * ```
 */
export async function calibrate(
  detector: Detector,
  samples: readonly Sample[],
  rule = 'meanPlusSigma',
  options: CalibrateOptions = {},
): Promise<Calibration> {
  const { ruleOptions = {}, device, signal, onProgress } = options;
  assertKnownOptions('calibrate', options, ['ruleOptions', 'device', 'signal', 'onProgress']);
  if (!samples.some((sample) => sample.label === 'good')) {
    throw new RangeError(
      argumentMessage('calibrate', 'samples', '1 or more good images', samples, 'Use the samples of role calibration.'),
    );
  }
  const scores: number[] = [];
  let mapRange: [number, number] | null = null;
  const scoreOptions = {
    ...(device === undefined ? {} : { device }),
    ...(signal === undefined ? {} : { signal }),
  };
  for await (const { score, map } of detector.scoreEach(imagesOf(samples), scoreOptions)) {
    if (!Number.isFinite(score)) {
      throw new RangeError(
        argumentMessage('calibrate', `the score of ${samples[scores.length]!.id}`, 'a finite number', score),
      );
    }
    if (map !== undefined && samples[scores.length]!.label === 'good') mapRange = widen(mapRange, map.data);
    scores.push(score);
    onProgress?.({ stage: 'calibrate', done: scores.length, total: samples.length });
  }
  const good = scores.filter((_, i) => samples[i]!.label === 'good');
  const defective = scores.filter((_, i) => samples[i]!.label === 'defective');
  const threshold = fitThreshold(rule, { good, ...(defective.length === 0 ? {} : { defective }) }, ruleOptions);
  return { threshold, scores, summary: summarise(good), mapRange };
}

function widen(range: [number, number] | null, values: Float32Array): [number, number] {
  let [low, high] = range ?? [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function summarise(values: readonly number[]): ScoreSummary {
  const n = values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return {
    n,
    min: sorted[0]!,
    mean,
    median: (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2,
    max: sorted[n - 1]!,
    sd: n === 1 ? 0 : Math.sqrt(squares / (n - 1)),
  };
}
