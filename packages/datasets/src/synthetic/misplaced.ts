import type { Random } from '@adlib/core';
import type { Canvas, Part } from './canvas.js';
import { line, type Shape } from './shape.js';

/**
 * A piece that sits in the wrong place: the background shows where it was, and it lies beside, turned.
 *
 * @param canvas - the painted part
 * @param part - the same part
 * @param random - draws place, size, distance and turn
 * @returns the defect: the hole and the piece
 */
export function misplaced(canvas: Canvas, part: Part, random: Random): Shape {
  const size = random.uniform(0.045, 0.065);
  const [x, y] = part.edge(random);
  const way = random.uniform(0, 2 * Math.PI);
  const distance = size * random.uniform(1.2, 2.2);
  const [toX, toY] = [distance * Math.cos(way), distance * Math.sin(way)];
  const turn = random.uniform(0.3, 1.2) * (random.uniform() < 0.5 ? -1 : 1);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const { coverage, surface, channels, width, height, scale } = canvas;
  const before = { coverage: coverage.slice(), surface: surface.slice() };
  const disc = (dx: number, dy: number): number => line(size - Math.hypot(dx, dy), scale);
  /** Pixel of the piece before it moved; -1 beside the picture. */
  const source = (dx: number, dy: number): number => {
    const [u, v] = [dx - toX, dy - toY];
    const column = Math.round((x + u * cos + v * sin) * scale + width / 2 - 0.5);
    const row = Math.round((y + v * cos - u * sin) * scale + height / 2 - 0.5);
    return column < 0 || row < 0 || column >= width || row >= height ? -1 : row * width + column;
  };
  const piece = (dx: number, dy: number): number => {
    const from = source(dx, dy);
    return from < 0 ? 0 : disc(dx - toX, dy - toY) * before.coverage[from]!;
  };
  return {
    centre: [x, y],
    reach: distance + size * 1.1,
    alpha: (dx, dy) => Math.max(disc(dx, dy), piece(dx, dy)),
    apply(i, _, dx, dy) {
      const there = piece(dx, dy);
      const left = coverage[i]! * (1 - disc(dx, dy));
      coverage[i] = there + left * (1 - there);
      const from = source(dx, dy);
      if (there === 0) return;
      const share = there / coverage[i];
      for (let c = 0; c < channels; c++) {
        const at = i * channels + c;
        surface[at] = surface[at]! + share * (before.surface[from * channels + c]! - surface[at]!);
      }
    },
    outside: (dx, dy) => piece(dx, dy) >= 0.5,
  };
}
