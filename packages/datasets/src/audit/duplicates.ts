import { thumbnailSide, type SampleFeatures } from './features.js';

/** Bits of 256 that two prints of one picture may differ in. */
const printLimit = 16;
/** Grey levels of 255 that thumbnails of one picture may differ in on average. */
const levelLimit = 1.5;
/** Near duplicates are this much nearer to each other than pictures of this set usually are to their nearest. */
const nearness = 0.35;

/** Two samples that show one picture. */
export interface NearDuplicate {
  /** The first, in the data set's order. */
  readonly a: SampleFeatures;
  /** The second. */
  readonly b: SampleFeatures;
  /** Mean difference of their thumbnails, in grey levels of 255. */
  readonly difference: number;
}

/**
 * Pairs of files of other content that show one picture: saved anew, resized, compressed, made a little brighter. Candidates
 * have gradient prints that differ in at most 16 of 256 bits: two unrelated pictures do so with probability 1e-52 (binomial,
 * one half). Pictures of one kind of part are related, so each candidate is checked: thumbnails of equal mean that differ by less than 1.5
 * grey levels on average, and by less than 0.35 of the usual distance from a picture of this set to its nearest other.
 *
 * @param features - one per sample; exact copies should be passed once
 * @returns the pairs, nearest first; the work grows with the square of the number of samples
 */
export function nearDuplicates(features: readonly SampleFeatures[]): NearDuplicate[] {
  const candidates: NearDuplicate[] = [];
  const nearest = new Float64Array(features.length).fill(Infinity);
  const centred = features.map(({ thumbnail }) => centre(thumbnail));
  for (let i = 0; i < features.length; i++) {
    for (let j = i + 1; j < features.length; j++) {
      const limit = Math.max(nearest[i]!, nearest[j]!, levelLimit);
      const difference = distance(centred[i]!, centred[j]!, limit);
      nearest[i] = Math.min(nearest[i]!, difference);
      nearest[j] = Math.min(nearest[j]!, difference);
      const [a, b] = [features[i]!, features[j]!];
      if (difference < levelLimit && differingBits(a.print, b.print) <= printLimit)
        candidates.push({ a, b, difference });
    }
  }
  const usual = median([...nearest].filter(Number.isFinite));
  return candidates
    .filter(({ difference }) => difference < nearness * usual)
    .sort((p, q) => p.difference - q.difference);
}

/**
 * The middle value.
 *
 * @param values - in any order
 * @returns the median; NaN of none
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function centre(thumbnail: Uint8Array): Float32Array {
  const mean = thumbnail.reduce((a, b) => a + b, 0) / thumbnail.length;
  return Float32Array.from(thumbnail, (v) => v - mean);
}

/** Mean absolute difference; gives up row by row once it must be above `limit`. */
function distance(a: Float32Array, b: Float32Array, limit: number): number {
  const most = limit * a.length;
  let sum = 0;
  for (let start = 0; start < a.length; start += thumbnailSide) {
    for (let i = start; i < start + thumbnailSide; i++) sum += Math.abs(a[i]! - b[i]!);
    if (sum > most) return Infinity;
  }
  return sum / a.length;
}

function differingBits(a: Uint32Array, b: Uint32Array): number {
  let bits = 0;
  for (let i = 0; i < a.length; i++) {
    let x = a[i]! ^ b[i]!;
    x -= (x >>> 1) & 0x55555555;
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
    bits += Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return bits;
}
