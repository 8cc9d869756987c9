import { createRandom, ndarray, type AnomalyMap, type Image, type Mask, type Random } from '@adlib/core';
import type { EvaluationResults, EvaluationSample, ImageResult } from '@adlib/pipeline';

/** What {@link demoResults} is to make. */
export interface DemoOptions {
  seed?: number;
  good?: number;
  /** Defective images by type. */
  defects?: Readonly<Record<string, number>>;
  /** Width of a review band below the threshold. */
  review?: number;
  pixel?: boolean;
}

const THRESHOLD = 0.034;

/** Results as an evaluation of a part with a few defect types would give, the same for the same seed. */
export function demoResults(options: DemoOptions = {}): EvaluationResults {
  const { seed = 1, good = 41, defects = { scratch: 24, thread_top: 23, thread_side: 25, chipped: 9 } } = options;
  const random = createRandom(seed);
  const images: ImageResult[] = [];
  const add = (label: 'good' | 'defective', defect: string, n: number, shift: number) => {
    for (let i = 0; i < n; i++) {
      const score = Math.exp(random.normal(Math.log(0.024) + shift, 0.2 + 0.2 * shift));
      images.push({ id: `test/${defect}/${String(i).padStart(3, '0')}.png`, label, defect, score, decision: decision(score, options.review) });
    } // prettier-ignore
  };
  add('good', 'good', good, 0);
  Object.entries(defects).forEach(([defect, n], i) => add('defective', defect, n, 0.35 + 0.3 * (i % 4)));
  const defective = images.length - good;
  const roc = rocOf(images);
  const is = (label: string, called: boolean) =>
    images.filter((i) => i.label === label && (i.decision === 'defective') === called).length;
  const [tp, fn, fp, tn] = [is('defective', true), is('defective', false), is('good', true), is('good', false)];
  const share = (a: number, b: number) => (b > 0 ? a / b : null);
  const [recall, specificity, precision] = [share(tp, defective), share(tn, good), share(tp, tp + fp)];
  const auroc = good > 0 && defective > 0 ? area(roc.fpr, roc.tpr) : null;
  const pixel = (options.pixel ?? true) && defective > 0;
  const meanOf = (label: string) => {
    const scores = images.filter((i) => i.defect === label).map((i) => i.score);
    return scores.length > 0 ? scores.reduce((a, b) => a + b, 0) / scores.length : null;
  };
  const meanGood = meanOf('good');
  return {
    schema: 'adlib.evaluation/1',
    detector: { kind: 'conv-autoencoder', options: { imageSize: [256, 256], channels: [32, 64, 128, 256, 512], epochs: 60, aggregation: 'top-k mean' } },
    data: { name: 'screw', testHash: 'sha256:5f0c8f7f4c0b6a4d7e9a1b0f6a1c3d2e' },
    image: {
      auroc, ap: auroc === null ? null : 0.97, f1Max: auroc === null ? null : 0.93, f1: recall === null ? null : 0.91,
      precision, recall, specificity, accuracy: share(tp + tn, images.length),
      balancedAccuracy: recall === null || specificity === null ? null : (recall + specificity) / 2,
      confusion: { tp, fp, tn, fn },
    },
    pixel: pixel ? { auroc: 0.961, aupro: 0.846, fprLimit: 0.3, images: images.length } : null,
    threshold: {
      rule: 'quantile', value: THRESHOLD, ...(options.review !== undefined && { lower: THRESHOLD - options.review }),
      expectedFalsePositiveRate: 0.05, fittedOn: { n: 48, good: 48, defective: 0 }, parameters: { q: 0.95 },
      warnings: ['48 scores: the share of false alarms may well be between 1 % and 15 %.'],
    },
    perDefect: ['good', ...Object.keys(defects)].map((defect) => {
      const own = images.filter((i) => i.defect === defect);
      const mean = meanOf(defect);
      return {
        defect, count: own.length, meanScore: mean, separationRatio: mean === null || meanGood === null ? null : mean / meanGood,
        auroc: defect === 'good' || own.length === 0 || good === 0 ? null : area(...rocPair(images.filter((i) => i.label === 'good' || i.defect === defect))),
        detectionRate: share(own.filter((i) => i.decision === 'defective').length, own.length),
        pixelAuroc: defect === 'good' || !pixel ? null : 0.9 + 0.09 * random.uniform(), aupro: defect === 'good' || !pixel ? null : 0.7 + 0.25 * random.uniform(),
      };
    }),
    counts: { images: images.length, good, defective, withMask: pixel ? defective : 0 },
    seconds: { scoring: 0.041 * images.length, metrics: 3.2, perImage: 0.041 },
    images,
    curves: { roc, pro: pixel ? proCurve() : null },
    warnings: [],
    provenance: { adlib: '0.1.0', node: '22.11.0', device: 'cpu', seed: 7 },
  }; // prettier-ignore
}

function decision(score: number, review?: number): ImageResult['decision'] {
  if (!(score <= THRESHOLD)) return 'defective';
  return review !== undefined && score > THRESHOLD - review ? 'review' : 'good';
}

function rocOf(images: readonly ImageResult[]): { fpr: number[]; tpr: number[] } {
  const [fpr, tpr] = rocPair(images);
  const step = Math.ceil(fpr.length / 500);
  const keep = (_: number, i: number) => i % step === 0 || i === fpr.length - 1;
  return { fpr: fpr.filter(keep), tpr: tpr.filter(keep) };
}

function rocPair(images: readonly ImageResult[]): [fpr: number[], tpr: number[]] {
  const sorted = [...images].sort((a, b) => b.score - a.score);
  const good = images.filter((i) => i.label === 'good').length;
  let [fp, tp] = [0, 0];
  const fpr = [0];
  const tpr = [0];
  for (const { label } of sorted) {
    if (label === 'good') fp++;
    else tp++;
    fpr.push(fp / Math.max(good, 1));
    tpr.push(tp / Math.max(images.length - good, 1));
  }
  return [fpr, tpr];
}

function area(x: readonly number[], y: readonly number[]): number {
  return x.slice(1).reduce((sum, value, i) => sum + ((value - x[i]!) * (y[i]! + y[i + 1]!)) / 2, 0);
}

function proCurve(): { fpr: number[]; pro: number[] } {
  const fpr = Array.from({ length: 400 }, (_, i) => (i / 399) ** 2);
  return { fpr, pro: fpr.map((v) => (v === 1 ? 1 : 1 - Math.exp(-((v / 0.035) ** 0.62)))) };
}

/** Pictures for the worst, borderline and best rows, `each` of them; parts with a round head on a textured ground. */
export function demoSamples(
  results: EvaluationResults,
  each = 4,
  size: readonly [number, number] = [240, 320],
): EvaluationSample[] {
  const { images, threshold } = results;
  const margin = (i: ImageResult) => (i.score - threshold.value) * (i.label === 'defective' ? 1 : -1);
  const byMargin = [...images].sort((a, b) => margin(a) - margin(b));
  const near = [...images].sort((a, b) => Math.abs(margin(a)) - Math.abs(margin(b)));
  const random = createRandom(3);
  const make = (kind: EvaluationSample['kind']) => (result: ImageResult) => ({ kind, result, ...draw(random.split(result.id), result, size) }); // prettier-ignore
  return [
    ...byMargin.slice(0, each).map(make('worst')),
    ...near.slice(0, each).map(make('borderline')),
    ...byMargin.slice(-each).reverse().map(make('best')),
  ];
}

function draw(random: Random, { label, score }: ImageResult, [height, width]: readonly [number, number]) {
  const data = new Uint8Array(3 * height * width);
  const heat = new Float32Array(height * width);
  const mask = new Uint8Array(height * width);
  const [cy, cx, r] = [height * random.uniform(0.45, 0.55), width * random.uniform(0.45, 0.55), 0.36 * height];
  const [sy, sx] = [cy + r * random.uniform(-0.6, 0.6), cx + r * random.uniform(-0.6, 0.6)];
  const [angle, length] = [random.uniform(0, Math.PI), height * random.uniform(0.08, 0.2)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const distance = Math.hypot(y - cy, x - cx);
      const along = (x - sx) * Math.cos(angle) + (y - sy) * Math.sin(angle);
      const across = (y - sy) * Math.cos(angle) - (x - sx) * Math.sin(angle);
      const defect = label === 'defective' && Math.abs(along) < length && Math.abs(across) < 0.016 * height;
      const edge = Math.exp(-(((distance - r) / (0.03 * height)) ** 2));
      const shade = distance < r ? 150 + 40 * ((cx - x + cy - y) / (2 * r)) : 62;
      const light = shade + 45 * edge + 7 * random.normal() + (defect ? -85 : 0);
      for (let c = 0; c < 3; c++) data[3 * i + c] = Math.min(Math.max(light * [1.06, 0.98, 0.86][c]!, 0), 255);
      mask[i] = defect ? 1 : 0;
      const blob = Math.exp(-((Math.max(Math.abs(along) - length, 0) / 14) ** 2) - (across / 12) ** 2);
      heat[i] = 0.006 + 0.006 * edge + 0.001 * Math.sin(x / 9) * Math.cos(y / 7) + (label === 'defective' ? score * blob : 0);
    }
  } // prettier-ignore
  const image: Image = { data, width, height, channels: 3 };
  const map: AnomalyMap = ndarray(heat, [height, width]);
  const truth: Mask = { data: mask, width, height };
  return { image, map, ...(label === 'defective' && { mask: truth }) };
}
