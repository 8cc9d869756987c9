import type { Random } from '@adlib/core';
import type { Canvas, Part } from './canvas.js';
import { line, type Shape } from './shape.js';

/**
 * A smeared or unfocused patch: the surface there loses its detail.
 *
 * @param canvas - the painted part
 * @param part - the same part
 * @param random - draws place, size and strength
 * @returns the defect
 */
export function blur(canvas: Canvas, part: Part, random: Random): Shape {
  const size = random.uniform(0.05, 0.08);
  const squeeze = random.uniform(0.6, 1);
  const radius = Math.max(2, Math.round(random.uniform(0.015, 0.025) * canvas.scale));
  const { surface, channels, width, height } = canvas;
  let original: Float32Array | undefined;
  return {
    centre: part.inside(random),
    reach: size * 1.1,
    alpha: (dx, dy) => line((1 - Math.hypot(dx, dy / squeeze) / size) * size, canvas.scale),
    apply(i, alpha) {
      // The first pixel is changed before the others are read.
      original ??= surface.slice();
      const [x, y] = [i % width, Math.floor(i / width)];
      const [left, right] = [Math.max(0, x - radius), Math.min(width - 1, x + radius)];
      const [top, bottom] = [Math.max(0, y - radius), Math.min(height - 1, y + radius)];
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let row = top; row <= bottom; row++) {
          for (let column = left; column <= right; column++) sum += original[(row * width + column) * channels + c]!;
        }
        const mean = sum / ((bottom - top + 1) * (right - left + 1));
        surface[i * channels + c]! += alpha * (mean - surface[i * channels + c]!);
      }
    },
  };
}
