import { argumentMessage } from '@adlib/core';

/** Scores from a cut upwards. */
interface Above {
  readonly cut: number;
  /** By number of pixels of the image: the scores of all images of that size together, ascending. */
  readonly bySize: ReadonlyMap<number, Float32Array>;
}

/** Scores looked at to guess a cut. */
const SAMPLE = 1 << 18;

/**
 * Evenly spaced thresholds from the least to the greatest score of good images, and the false-positive rate that the images
 * share at each: the mean over images of the share of pixels with `score >= threshold`. Only scores high enough to decide
 * on rates up to a limit are sorted.
 */
export class SharedRates {
  readonly #above: Above;
  readonly #images: number;
  readonly #count: number;
  readonly #min: number;
  readonly #max: number;
  /** First threshold above the cut: from here on rates are known. */
  readonly #start: number;

  /**
   * Finds the cut and sorts what lies above it.
   *
   * @param images - scores of each good image, finite; not modified
   * @param highest - highest rate that {@link nearest} will be asked for
   * @param count - number of thresholds
   */
  constructor(images: readonly Float32Array[], highest: number, count: number) {
    this.#images = images.length;
    this.#count = count;
    this.#min = images.reduce((least, scores) => Math.min(least, leastOf(scores)), Infinity);
    // A rate of more than twice the bound is never the nearest one; three times leaves room for rounding.
    this.#above = scoresAbove(images, 3 * highest);
    const { cut, bySize } = this.#above;
    this.#max = Math.max(...Array.from(bySize.values(), (scores) => scores.at(-1) ?? -Infinity));
    this.#start = cut <= this.#min ? 0 : this.#first(0, (index) => this.threshold(index) >= cut);
  }

  /**
   * A threshold.
   *
   * @param index - from 0 to the number of thresholds - 1
   * @returns the threshold, a float32 number
   */
  threshold(index: number): number {
    if (index === this.#count - 1) return this.#max;
    return Math.fround(this.#min + (index * (this.#max - this.#min)) / (this.#count - 1));
  }

  /**
   * The shared rate.
   *
   * @param threshold - not below the cut
   * @returns mean share of pixels with `score >= threshold`
   */
  fpr(threshold: number): number {
    let sum = 0;
    for (const [size, scores] of this.#above.bySize) sum += (scores.length - lowerBound(scores, threshold)) / size;
    return sum / this.#images;
  }

  #fprAt(index: number): number {
    return this.fpr(this.threshold(index));
  }

  /** First threshold for which a condition, once true, stays true. */
  #first(from: number, condition: (index: number) => boolean): number {
    let low = from;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (condition(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /**
   * First of the thresholds whose rate is nearest to a bound.
   *
   * @param bound - a rate, at most `highest`
   * @returns index of the threshold
   * @throws RangeError if the images' lowest rate is above the bound
   */
  nearest(bound: number): number {
    const least = this.#fprAt(this.#count - 1);
    if (bound < least) {
      throw new RangeError(
        argumentMessage(
          'aupimo',
          'fprBounds',
          `at least ${least}, the lowest rate that the good images reach`,
          bound,
          'Try higher bounds or more good images.',
        ),
      );
    }
    const start = this.#start;
    let found = this.#first(start, (index) => this.#fprAt(index) <= bound);
    if (found > start) {
      const above = this.#fprAt(found - 1);
      if (above - bound <= bound - this.#fprAt(found))
        found = this.#first(start, (index) => this.#fprAt(index) <= above);
    }
    return found;
  }
}

/** Scores from a cut at which the shared rate is at least `rate`: the cut is guessed from a sample, and lowered if need be. */
function scoresAbove(images: readonly Float32Array[], rate: number): Above {
  const ascending = sampleOf(images).sort();
  for (let kept = Math.ceil(1.5 * rate * ascending.length) + 10; ; kept *= 2) {
    const cut = kept < ascending.length ? ascending[ascending.length - kept]! : -Infinity;
    const bySize = gather(images, cut);
    let share = 0;
    for (const [size, scores] of bySize) share += scores.length / size;
    if (share >= rate * images.length || cut === -Infinity) {
      for (const scores of bySize.values()) scores.sort();
      return { cut, bySize };
    }
  }
}

/** Evenly spaced scores, about as many of each image. */
function sampleOf(images: readonly Float32Array[]): Float32Array {
  const share = Math.max(1, Math.floor(SAMPLE / images.length));
  const sample = new Float32Array(2 * share * images.length);
  let n = 0;
  for (const scores of images) {
    const step = Math.max(1, Math.floor(scores.length / share));
    for (let i = 0; i < scores.length; i += step) sample[n++] = scores[i]!;
  }
  return sample.subarray(0, n);
}

/** Scores from a cut upwards, in no order, by number of pixels of their image. */
function gather(images: readonly Float32Array[], cut: number): Map<number, Float32Array> {
  const parts = new Map<number, Float32Array[]>();
  const largest = images.reduce((most, scores) => Math.max(most, scores.length), 0);
  const buffer = new Float32Array(largest);
  for (const scores of images) {
    let n = 0;
    for (let i = 0; i < scores.length; i++) if (scores[i]! >= cut) buffer[n++] = scores[i]!;
    const own = parts.get(scores.length);
    if (own === undefined) parts.set(scores.length, [buffer.slice(0, n)]);
    else own.push(buffer.slice(0, n));
  }
  return new Map(Array.from(parts, ([size, own]) => [size, joined(own)]));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Four minima, not to wait for each. */
function leastOf(scores: Float32Array): number {
  const whole = scores.length & ~3;
  let a = Infinity;
  let b = Infinity;
  let c = Infinity;
  let d = Infinity;
  for (let i = 0; i < whole; i += 4) {
    a = Math.min(a, scores[i]!);
    b = Math.min(b, scores[i + 1]!);
    c = Math.min(c, scores[i + 2]!);
    d = Math.min(d, scores[i + 3]!);
  }
  for (let i = whole; i < scores.length; i++) a = Math.min(a, scores[i]!);
  return Math.min(a, b, c, d);
}

/** Position of the first score that is not less than `threshold`. */
function lowerBound(scores: Float32Array, threshold: number): number {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (scores[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}
