import type { Random } from '@adlib/core';
import { perlin, type Noise } from '../perlin.js';
import type { Part } from './canvas.js';

const threads = 18;

/**
 * A woven cloth that fills the picture: warp and weft cross over and under, over a dark backing that shows in holes.
 *
 * @param random - draws position, distortion, dye and light
 * @param rotation - largest turn either way, in degrees
 * @returns the part
 */
export function weave(random: Random, rotation: number): Part {
  const turn = (random.uniform(-rotation, rotation) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn) * threads, Math.sin(turn) * threads];
  const [shiftX, shiftY] = [random.uniform(-0.25, 0.25), random.uniform(-0.25, 0.25)];
  const bend = coarse(perlin(random.split('bend')), 2);
  const dye = coarse(perlin(random.split('dye')), 5);
  const gain = random.uniform(0.94, 1.06);
  const [slopeX, slopeY] = [random.uniform(-0.1, 0.1), random.uniform(-0.1, 0.1)];
  const colour = [0.72, 0.6, 0.42].map((v) => v * random.uniform(0.98, 1.02));
  const inside = (source: Random): readonly [number, number] => [
    source.uniform(-0.38, 0.38),
    source.uniform(-0.38, 0.38),
  ];
  return {
    channels: 3,
    paint(x, y, out) {
      const wave = 0.12 * bend(x, y);
      const u = x * cos + y * sin + shiftX + wave;
      const v = y * cos - x * sin + shiftY - wave;
      const column = Math.floor(u);
      const row = Math.floor(v);
      const du = u - column - 0.5;
      const dv = v - row - 0.5;
      const over = ((column + row) & 1) === 0;
      // A thread is round across and dips where it goes under.
      const across = over ? du : dv;
      const along = over ? dv : du;
      const round = 1 - 2.2 * across * across - 0.9 * along * along;
      const lit = gain * (1 + slopeX * x + slopeY * y) * (1 + 0.05 * dye(x, y));
      const shade = lit * round * (over ? 1 : 0.9) * (1 + 0.12 * across);
      out[0] = 1;
      for (let c = 0; c < 3; c++) {
        out[1 + c] = 0.1 * lit;
        out[4 + c] = colour[c]! * shade;
      }
    },
    inside,
    edge: inside,
  };
}

const cells = 40;

/** Noise of low frequency from a table over `[-2, 2]` both ways, bilinear between: a fraction of the work per pixel. */
function coarse(noise: Noise, frequency: number): Noise {
  const side = 4 * cells + 2;
  const table = new Float64Array(side * side);
  for (let i = 0; i < table.length; i++) {
    const column = i % side;
    table[i] = noise(40 + (frequency * column) / cells, 40 + (frequency * (i - column)) / side / cells);
  }
  return (x, y) => {
    const column = (Math.min(Math.max(x, -2), 2) + 2) * cells;
    const row = (Math.min(Math.max(y, -2), 2) + 2) * cells;
    const left = Math.floor(column);
    const at = Math.floor(row) * side + left;
    const dx = column - left;
    const upper = table[at]! + dx * (table[at + 1]! - table[at]!);
    const lower = table[at + side]! + dx * (table[at + side + 1]! - table[at + side]!);
    return upper + (row - Math.floor(row)) * (lower - upper);
  };
}
