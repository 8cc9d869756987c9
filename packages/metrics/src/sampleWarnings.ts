import { assertInteger } from '@adlib/core';

/** Good test images below which a figure swings with single images. */
const GOOD = 30;
/** Defective test images below which it does. */
const DEFECTIVE = 60;

/**
 * What a reader must know when a test set is small: under 30 good or 60 defective images a single unusual image shifts the
 * AUROC noticeably. One good image out of n moves it by up to 1 / n.
 *
 * @param good - good test images
 * @param defective - defective test images
 * @returns plain sentences; empty when both are enough
 * @throws TypeError or RangeError if a number is not an integer >= 0
 * @example
 * ```ts
 * import { sampleWarnings } from '@adlib/metrics';
 * console.log(sampleWarnings(10, 53)); // two sentences
 * ```
 */
export function sampleWarnings(good: number, defective: number): string[] {
  assertInteger('sampleWarnings', 'good', good, 0);
  assertInteger('sampleWarnings', 'defective', defective, 0);
  const warnings: string[] = [];
  const say = (n: number, kind: string, least: number): void => {
    if (n === 0) warnings.push(`There is no ${kind} test image: figures that compare the classes are undefined.`);
    else if (n < least) {
      const shift = (100 / n).toFixed(1);
      warnings.push(
        `Only ${n} ${kind} test images (${least} or more advised): one image can shift the AUROC by up to ${shift} points.`,
      );
    }
  };
  say(good, 'good', GOOD);
  say(defective, 'defective', DEFECTIVE);
  return warnings;
}
