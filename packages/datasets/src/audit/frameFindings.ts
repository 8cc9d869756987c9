import type { Nearness } from './duplicates.js';
import { thumbnailSide, type SampleFeatures } from './features.js';
import { finding, ids, median, usualOf, type Finding } from './findings.js';
import { enoughGood, goodOnes } from './pictureFindings.js';

const side = thumbnailSide;
/** Pixels of the thumbnail's outermost two rows and columns. */
const ring = Array.from({ length: side * side }, (_, i) => i).filter((i) => {
  const [y, x] = [Math.floor(i / side), i % side];
  return Math.min(y, x, side - 1 - y, side - 1 - x) < 2;
});

/**
 * Good pictures with something at the border that the others have not: the part cut off, moved, or something beside it.
 *
 * @param all - every sample
 * @returns findings
 */
export function frameFindings(all: readonly SampleFeatures[]): Finding[] {
  const good = goodOnes(all);
  if (good.length < enoughGood) return [];
  const usual = ring.map((i) =>
    usualOf(
      good.map(({ thumbnail }) => thumbnail[i]!),
      4,
    ),
  );
  return good.flatMap((one) => {
    const off = ring.map((i, k) => one.thumbnail[i]! - usual[k]!.usual);
    const light = median(off);
    const odd = off.filter((v, k) => Math.abs(v - light) > Math.max(8 * usual[k]!.spread, 32)).length;
    if (odd < 0.03 * ring.length) return [];
    const share = (100 * odd) / ring.length;
    return [
      finding('out-of-frame', ids(one), `${share.toFixed(0)} % of its border look unlike in the other good pictures.`),
    ];
  });
}

/**
 * Good pictures that have no picture near them.
 *
 * @param features - the samples that were compared
 * @param nearness - what was compared
 * @returns findings
 */
export function strangerFindings(features: readonly SampleFeatures[], { nearest }: Nearness): Finding[] {
  const good = new Set(goodOnes(features));
  const some = features.flatMap((one, i) => (good.has(one) ? [{ one, distance: nearest[i]! }] : []));
  if (some.length < enoughGood) return [];
  const { usual, spread } = usualOf(
    some.map(({ distance }) => distance),
    0.25,
  );
  return some.flatMap(({ one, distance }) => {
    if (distance < Math.max(usual + 10 * spread, 3 * usual)) return [];
    const message = `It differs from the picture most like it by ${distance.toFixed(1)} of 255 grey levels; usual is ${usual.toFixed(1)}.`;
    return [finding('stranger', ids(one), message)];
  });
}
