import { createRandom } from '@adlib/core';
import { aupro, auroc, pixelAuroc } from '@adlib/metrics';
import type { TestPicture } from './pictures.js';

/** Scores and maps of all test pictures, from either side. */
export interface Scored {
  /** One per picture. */
  readonly scores: readonly number[];
  /** One per picture, of the masks' size. */
  readonly maps: readonly Float32Array[];
}

/** Image AUROC, pixel AUROC, AUPRO; the latter two are NaN without masks. */
export interface Figures {
  /** Image level. */
  readonly image: number;
  /** Pixel level. */
  readonly pixel: number;
  /** Regions, up to a false-positive rate of 0.3. */
  readonly pro: number;
}

/** The three figures over some of the pictures, which may be repeated. */
export async function figuresOf(
  test: readonly TestPicture[],
  { scores, maps }: Scored,
  rows: readonly number[],
): Promise<Figures> {
  const image = auroc(
    rows.map((i) => scores[i]!),
    rows.map((i) => test[i]!.defective),
  );
  if (!test.some(({ mask }) => mask !== undefined)) return { image, pixel: Number.NaN, pro: Number.NaN };
  const all = rows.map((i) => {
    const { image: { width, height }, mask } = test[i]!; // prettier-ignore
    return { map: { data: maps[i]!, width, height }, mask };
  });
  return { image, pixel: await pixelAuroc(all), pro: await aupro(all) };
}

/** 95 % percentile bootstrap of the figures, good and defective pictures drawn apart. */
export async function intervals(
  test: readonly TestPicture[],
  scored: Scored,
  resamples: number,
): Promise<Record<keyof Figures, [number, number]>> {
  const random = createRandom(0);
  const all = [...test.keys()];
  const classes = [true, false].map((defective) => all.filter((i) => test[i]!.defective === defective));
  const draws: Figures[] = [];
  for (let r = 0; r < resamples; r++) {
    const rows = classes.flatMap((own) => own.map(() => own[random.integer(own.length)]!));
    draws.push(await figuresOf(test, scored, rows));
  }
  const ends = (key: keyof Figures): [number, number] => {
    const sorted = draws.map((d) => d[key]).sort((a, b) => a - b);
    return [sorted[Math.floor(0.025 * (resamples - 1))]!, sorted[Math.ceil(0.975 * (resamples - 1))]!];
  };
  return { image: ends('image'), pixel: ends('pixel'), pro: ends('pro') };
}
