import { createRandom } from '@adlib/core';
import { expect, test } from 'vitest';
import { borderIndices, borders } from './border.js';
import { correlate } from './correlate.js';
import { filterRows } from './filterRows.js';

const shapes: [number, number][] = [
  [1, 1],
  [7, 5],
  [5, 19],
  [30, 9],
];
const cases = borders.flatMap((border) => shapes.map((size) => ({ border, size })));

test.each(cases)('equals the double sum, with and without WebAssembly: $border $size', ({ border, size }) => {
  const [height, width] = size;
  const random = createRandom(3);
  const sources = [0, 1].map(() => Float64Array.from({ length: height * width }, () => random.normal()));
  const down = Float64Array.of(0.4, 0.2, 0.05, 0.05);
  const across = Float64Array.of(0.5, 0.25);
  const rows = borderIndices(height, 3, border);
  const columns = borderIndices(width, 1, border);
  const expected = sources.map((source) =>
    source.map((_, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      let sum = 0;
      for (let j = -3; j <= 3; j++) {
        for (let k = -1; k <= 1; k++) {
          const [r, c] = [rows[y + j + 3]!, columns[x + k + 1]!];
          sum += down[Math.abs(j)]! * across[Math.abs(k)]! * (r < 0 || c < 0 ? 2 : source[r * width + c]!);
        }
      }
      return sum;
    }),
  );
  for (const plain of [false, true]) {
    const out = sources.map((source) => new Float64Array(source.length));
    filterRows(
      { size, planes: 2, down, across, border, value: 2, plain },
      (row, lines) => {
        lines.forEach((line, m) => {
          line.set(sources[m]!.subarray(row * width, (row + 1) * width));
        });
      },
      (row, lines) => {
        lines.forEach((line, m) => {
          out[m]!.set(line, row * width);
        });
      },
    );
    out.forEach((plane, m) => {
      plane.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[m]![i]!, 12);
      });
    });
  }
});

test.each(borders)('filters interleaved channels apart: %s', (border) => {
  const size = [6, 5] as const;
  const random = createRandom(4);
  const channels = [0, 1, 2].map(() => Float64Array.from({ length: 30 }, () => random.normal()));
  const [down, across] = [Float64Array.of(0.5, 0.25), Float64Array.of(0.3, 0.2, 0.1, 0.05)];
  const out = new Float64Array(90);
  filterRows(
    { size, channels: 3, planes: 1, down, across, border, value: 2 },
    (row, [line]) => {
      for (let i = 0; i < 15; i++) line![i] = channels[i % 3]![5 * row + Math.floor(i / 3)]!;
    },
    (row, [line]) => {
      out.set(line!, 15 * row);
    },
  );
  const kernels = [down, across].map((half) => Float64Array.of(...half.slice(1).reverse(), ...half));
  channels.forEach((channel, c) => {
    const alone = correlate(channel, size, kernels as [Float64Array, Float64Array], new Float64Array(30), border, 2);
    expect(out.filter((_, i) => i % 3 === c)).toEqual(alone);
  });
});
