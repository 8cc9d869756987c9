import { thumbnailSide, type SampleFeatures } from './features.js';
import { finding, ids, median, usualOf, type Finding, type UseOf } from './findings.js';
import { enoughGood, goodOnes } from './pictureFindings.js';

const side = thumbnailSide;

/**
 * Light that is uneven or changes: corners darker than the middle of the edges, reflections that move, test pictures lit
 * unlike those learned from, light that drifts from file to file.
 *
 * @param all - every sample
 * @param useOf - what each is used for
 * @returns findings
 */
export function lightFindings(all: readonly SampleFeatures[], useOf: UseOf): Finding[] {
  const good = goodOnes(all);
  const test = good.filter((one) => useOf(one) === 'test');
  const learned = good.filter((one) => useOf(one) !== 'test');
  return [
    ...vignettingOf(good),
    ...highlightsOf(good, learned),
    ...driftOf(learned, test),
    ...orderDriftOf(learned, 'Brightness', '', ({ brightness }) => brightness, 0.02),
  ];
}

/** Mean of the picture's outermost three rows and columns in pieces of six from the middle of each edge to its corners. */
function edgePieces(thumbnail: ArrayLike<number>): number[][] {
  const depth = 3;
  const length = 6;
  const half = side / 2;
  const edges: ((along: number, in_: number) => number)[] = [
    (a, d) => thumbnail[d * side + a]!,
    (a, d) => thumbnail[(side - 1 - d) * side + a]!,
    (a, d) => thumbnail[a * side + d]!,
    (a, d) => thumbnail[a * side + side - 1 - d]!,
  ];
  return edges.flatMap((edge) =>
    [-1, 1].map((sign) =>
      Array.from({ length: half / length }, (_, piece) => {
        let sum = 0;
        for (let i = 0; i < length; i++) {
          const step = piece * length + i;
          for (let d = 0; d < depth; d++) sum += edge(sign < 0 ? half - 1 - step : half + step, d);
        }
        return sum / (length * depth);
      }),
    ),
  );
}

/** Share that corners are darker by, where every half edge grows darker towards its corner; 0 elsewhere. */
function vignette(thumbnail: ArrayLike<number>, tolerance: number): number {
  const halves = edgePieces(thumbnail);
  const falls = halves.every((pieces) => pieces.every((v, i) => i === 0 || v < pieces[i - 1]! + tolerance));
  const middle = median(halves.map((pieces) => pieces[0]!));
  const corner = median(halves.map((pieces) => pieces.at(-1)!));
  return falls && middle > 20 ? 1 - corner / middle : 0;
}

/** Corners darker by this share are told of. */
const vignettingLimit = 0.1;

function vignettingOf(good: readonly SampleFeatures[]): Finding[] {
  if (good.length < enoughGood) return [];
  const mean = Float64Array.from({ length: side * side }, (_, i) => median(good.map(({ thumbnail }) => thumbnail[i]!)));
  const common = vignette(mean, 1);
  if (common > vignettingLimit) {
    const message = `In the good pictures the corners are darker than the middle of the edges by ${(100 * common).toFixed(0)} %.`;
    return [finding('vignetting', ids(...good), message)];
  }
  return good.flatMap((one) => {
    const own = vignette(one.thumbnail, 4);
    if (own < vignettingLimit + Math.max(common, 0)) return [];
    const message = `Its corners are darker than the middle of its edges by ${(100 * own).toFixed(0)} %, unlike in the other good pictures.`;
    return [finding('vignetting', ids(one), message)];
  });
}

/** Centre of the brightest hundredth of a picture, as shares of height and width; undefined where nothing stands out. */
function highlightOf({ thumbnail }: SampleFeatures): [number, number] | undefined {
  const sorted = Uint8Array.from(thumbnail).sort();
  const bright = sorted[Math.floor(0.99 * sorted.length)]!;
  if (bright - sorted[Math.floor(0.9 * sorted.length)]! < 25) return undefined;
  let [count, down, right] = [0, 0, 0];
  thumbnail.forEach((v, i) => {
    if (v < bright) return;
    count++;
    down += Math.floor(i / side) + 0.5;
    right += (i % side) + 0.5;
  });
  return [down / count / side, right / count / side];
}

function highlightsOf(good: readonly SampleFeatures[], learned: readonly SampleFeatures[]): Finding[] {
  const lit = good.flatMap((one) => {
    const at = highlightOf(one);
    return at === undefined ? [] : [{ one, at }];
  });
  if (lit.length < enoughGood || lit.length < 0.5 * good.length) return [];
  const [down, right] = ([0, 1] as const).map((axis) =>
    usualOf(
      lit.map(({ at }) => at[axis]),
      0.01,
    ),
  ) as [ReturnType<typeof usualOf>, ReturnType<typeof usualOf>];
  const spread = Math.hypot(down.spread, right.spread);
  const findings = lit.flatMap(({ one, at }) => {
    const away = Math.hypot(at[0] - down.usual, at[1] - right.usual);
    if (away < Math.max(6 * spread, 0.12)) return [];
    const message = `Its brightest spot lies ${(100 * away).toFixed(0)} % of the side away from where it usually is (usual spread ${(100 * spread).toFixed(0)} %).`;
    return [finding('highlight', ids(one), message)];
  });
  const places = new Map(lit.map(({ one, at }) => [one, at]));
  for (const [axis, what] of [
    [0, 'downwards'],
    [1, 'to the right'],
  ] as const) {
    const ordered = learned.filter((one) => places.has(one));
    findings.push(...orderDriftOf(ordered, 'The brightest spot', ` ${what}`, (one) => places.get(one)![axis], 0.05));
  }
  return findings;
}

function driftOf(learned: readonly SampleFeatures[], test: readonly SampleFeatures[]): Finding[] {
  if (test.length < 5 || learned.length < 5) return [];
  const { usual, spread } = usualOf(
    learned.map(({ brightness }) => brightness),
    0.005,
  );
  const shift = median(test.map(({ brightness }) => brightness)) - usual;
  if (Math.abs(shift) < 3 * spread) return [];
  const message = `Good test pictures are ${shift > 0 ? 'brighter' : 'darker'} than those to learn from by ${(100 * Math.abs(shift)).toFixed(1)} % of full brightness, ${(Math.abs(shift) / spread).toFixed(0)} times the usual spread.`;
  return [finding('drift', ids(...test), message)];
}

/** A value that rises or falls with the order of files: rank correlation far beyond chance, and a change that matters. */
function orderDriftOf(
  ordered: readonly SampleFeatures[],
  what: string,
  where: string,
  of: (one: SampleFeatures) => number,
  least: number,
): Finding[] {
  const n = ordered.length;
  const part = Math.floor(n / 5);
  if (n < 15) return [];
  const values = ordered.map(of);
  const rho = rankCorrelation(values);
  const change = median(values.slice(n - part)) - median(values.slice(0, part));
  // Chance gives rho a standard deviation of 1 / sqrt(n - 1): 3.5 of them are one in 2,000.
  if (Math.abs(rho) < Math.max(0.6, 3.5 / Math.sqrt(n - 1)) || Math.abs(change) < least) return [];
  const message = `${what} of good pictures changes by ${(100 * change).toFixed(1)} %${where} from the first files to the last (rank correlation with their order ${rho.toFixed(2)}).`;
  return [finding('order-drift', ids(...ordered), message)];
}

/** Spearman's correlation of values with their order; ties get the mean of their ranks. */
function rankCorrelation(values: readonly number[]): number {
  const n = values.length;
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const rank = new Float64Array(n);
  for (let start = 0; start < n;) {
    let end = start + 1;
    while (end < n && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) rank[order[i]!] = (start + end - 1) / 2;
    start = end;
  }
  const middle = (n - 1) / 2;
  let [covariance, spread, steps] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    covariance += (rank[i]! - middle) * (i - middle);
    spread += (rank[i]! - middle) ** 2;
    steps += (i - middle) ** 2;
  }
  return spread === 0 ? 0 : covariance / Math.sqrt(spread * steps);
}
