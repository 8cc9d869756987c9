import type { Mask, Random } from '@adlib/core';
import { perlin } from '../perlin.js';
import { smoothstep, type Canvas, type Part } from './canvas.js';
import { blur } from './blur.js';
import { misplaced } from './misplaced.js';
import { line, type Shape } from './shape.js';

/** What can be wrong with a synthetic part. */
export type SyntheticDefect = 'scratch' | 'dent' | 'stain' | 'missing' | 'misplaced' | 'blur';

type Draw = (canvas: Canvas, part: Part, random: Random) => Shape;

const draws: Readonly<Record<SyntheticDefect, Draw>> = { scratch, dent, stain, missing, misplaced, blur };

/** Every kind. */
export const allSyntheticDefects: readonly SyntheticDefect[] = [
  'blur',
  'dent',
  'misplaced',
  'missing',
  'scratch',
  'stain',
];

/** The kinds of a data set that does not ask for others, in the order of its folders. */
export const syntheticDefects: readonly SyntheticDefect[] = ['dent', 'missing', 'scratch', 'stain'];

/**
 * Puts one defect on a part.
 *
 * @param canvas - the painted part; changed
 * @param part - the same part
 * @param kind - which defect
 * @param random - draws place, size and strength; where it would fall off the part it is drawn again
 * @returns exactly the pixels of the part that belong to the defect
 */
export function applyDefect(canvas: Canvas, part: Part, kind: SyntheticDefect, random: Random): Mask {
  const least = 0.0006 * canvas.scale * canvas.scale;
  for (let attempt = 0; ; attempt++) {
    const shape = draws[kind](canvas, part, random.split(attempt));
    const data = maskOf(canvas, shape);
    const count = data.reduce((sum, v) => sum + v, 0);
    if (count < least && attempt < 50) continue;
    visit(canvas, shape, (i, alpha, dx, dy) => shape.apply(i, alpha, dx, dy));
    return { data, width: canvas.width, height: canvas.height };
  }
}

function maskOf(canvas: Canvas, shape: Shape): Uint8Array {
  const data = new Uint8Array(canvas.height * canvas.width);
  visit(canvas, shape, (i, alpha, dx, dy) => {
    if (alpha >= 0.5 && (canvas.coverage[i]! >= 0.5 || shape.outside?.(dx, dy) === true)) data[i] = 1;
  });
  return data;
}

function visit(
  { height, width, scale }: Canvas,
  { centre, reach, alpha }: Shape,
  call: (i: number, alpha: number, dx: number, dy: number) => void,
): void {
  const column = centre[0] * scale + width / 2 - 0.5;
  const row = centre[1] * scale + height / 2 - 0.5;
  const pixels = reach * scale;
  for (let y = Math.max(0, Math.ceil(row - pixels)); y <= Math.min(height - 1, Math.floor(row + pixels)); y++) {
    for (let x = Math.max(0, Math.ceil(column - pixels)); x <= Math.min(width - 1, Math.floor(column + pixels)); x++) {
      const [dx, dy] = [(x - column) / scale, (y - row) / scale];
      const a = alpha(dx, dy);
      if (a > 0) call(y * width + x, a, dx, dy);
    }
  }
}

/** A thin line, slightly bent, bright or dark. */
function scratch(canvas: Canvas, part: Part, random: Random): Shape {
  const length = random.uniform(0.07, 0.13);
  const half = Math.max(random.uniform(0.005, 0.008), 0.9 / canvas.scale);
  const angle = random.uniform(0, Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const bend = random.uniform(-1.5, 1.5);
  const tone = random.uniform() < 0.5 ? random.uniform(0.9, 1) : random.uniform(0.02, 0.08);
  return {
    centre: part.inside(random),
    reach: length + 0.05,
    alpha(dx, dy) {
      const along = dx * cos + dy * sin;
      const across = Math.abs(dy * cos - dx * sin - bend * along * along);
      return line(half - across, canvas.scale) * line(length - Math.abs(along), canvas.scale);
    },
    apply: (i, alpha) => blend(canvas, i, 0.85 * alpha, tone),
  };
}

/** A hollow: the side towards the light is dark, the other bright. */
function dent(canvas: Canvas, part: Part, random: Random): Shape {
  const size = random.uniform(0.035, 0.055);
  const squeeze = random.uniform(0.7, 1);
  const depth = random.uniform(0.5, 0.8);
  const light = random.uniform(-2, -1.1);
  const [cos, sin] = [Math.cos(light), Math.sin(light)];
  const radius = (dx: number, dy: number): number => Math.hypot(dx, dy / squeeze) / size;
  return {
    centre: part.inside(random),
    reach: size * 1.1,
    alpha: (dx, dy) => line((1 - radius(dx, dy)) * size, canvas.scale),
    apply(i, alpha, dx, dy) {
      const r = Math.min(radius(dx, dy), 1);
      const slope = (2.6 * (1 - r * r) * (dx * cos + dy * sin)) / size;
      scaleBy(canvas, i, Math.max(0.1, 1 - alpha * depth * (0.35 * (1 - r * r) + slope)));
    },
  };
}

/** A ragged dark patch, browner than the part. */
function stain(canvas: Canvas, part: Part, random: Random): Shape {
  const size = random.uniform(0.04, 0.07);
  const strength = random.uniform(0.35, 0.6);
  const noise = perlin(random.split('border'));
  return {
    centre: part.inside(random),
    reach: size * 1.6,
    alpha: (dx, dy) => smoothstep(-0.2, 0.2, 1 - Math.hypot(dx, dy) / size + 0.45 * noise(dx / size, dy / size)),
    apply: (i, alpha) => scaleBy(canvas, i, 1 - strength * alpha, 0.25 * alpha * strength),
  };
}

/** A piece broken out, with a ragged border: the background shows. */
function missing(canvas: Canvas, part: Part, random: Random): Shape {
  const size = random.uniform(0.05, 0.075);
  const noise = perlin(random.split('border'));
  return {
    centre: part.edge(random),
    reach: size * 1.4,
    alpha: (dx, dy) =>
      line((1 - Math.hypot(dx, dy) / size + 0.3 * noise((1.4 * dx) / size, (1.4 * dy) / size)) * size, canvas.scale),
    apply: (i, alpha) => (canvas.coverage[i]! *= 1 - alpha),
  };
}

function blend({ surface, channels }: Canvas, i: number, alpha: number, tone: number): void {
  for (let c = 0; c < channels; c++) surface[i * channels + c]! += alpha * (tone - surface[i * channels + c]!);
}

/** Darkens or brightens; with `tint`, blue loses more than red. */
function scaleBy({ surface, channels }: Canvas, i: number, factor: number, tint = 0): void {
  for (let c = 0; c < channels; c++) surface[i * channels + c]! *= factor * (1 - tint * (channels === 1 ? 1 : c) * 0.5);
}
