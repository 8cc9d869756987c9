import { ndarray, type Image } from '@adlib/core';
import { forEachSimilarityRow, type LocalSettings, type RowPair } from './localSimilarity.js';
import { unitScale } from './pair.js';
import type { SimilarityResult } from './similarityOptions.js';

/** Values of a row that are compared at a time, so that the rows under the window stay in the processor's cache. */
const STRIP = 768;

/**
 * SSIM of each channel of two images, in strips from top to bottom. Memory: as many rows of a strip as the window is high.
 *
 * @param image - the image
 * @param reconstruction - what is compared with it, checked to be of the same size
 * @param settings - window, not larger than the images, and constants
 * @returns the mean over the channels and over the pixels whose window lies inside; the map has every pixel
 */
export function compareChannels(image: Image, reconstruction: Image, settings: LocalSettings): SimilarityResult {
  const { width, height, channels } = image;
  const reach = settings.window.length - 1;
  const step = Math.max(Math.ceil(STRIP / channels), 8 * reach);
  const map = new Float32Array(height * width);
  let total = 0;
  for (let start = 0; start < width; start += step) {
    const end = Math.min(start + step, width);
    // The strip is read with what the window reaches beyond it, and what comes out there is left.
    const first = Math.max(start - reach, 0);
    const pair = stripOf(image, reconstruction, first, Math.min(end + reach, width));
    const left = Math.min(Math.max(start, reach), end);
    const right = Math.max(left, Math.min(width - reach, end));
    forEachSimilarityRow(pair, settings, 'product', (row, line) => {
      const write = (from: number, to: number): number =>
        writeDistances(
          line.subarray((from - first) * channels, (to - first) * channels),
          map,
          row * width + from,
          to - from,
        );
      write(start, left);
      const sum = write(left, right);
      write(right, end);
      if (row >= reach && row < height - reach) total += sum;
    });
  }
  const similarity = total / ((height - 2 * reach) * (width - 2 * reach) * channels);
  return { similarity, score: 1 - similarity, map: ndarray(map, [height, width]) };
}

function stripOf(image: Image, reconstruction: Image, first: number, last: number): RowPair {
  const { width, height, channels, data } = image;
  return {
    size: [height, last - first],
    channels,
    scales: [unitScale(image), unitScale(reconstruction)],
    read: (row, x, y) => {
      const [from, to] = [(row * width + first) * channels, (row * width + last) * channels];
      x.set(data.subarray(from, to));
      y.set(reconstruction.data.subarray(from, to));
    },
  };
}

/** Writes one minus the mean over channels for `pixels` pixels; returns the sum of the similarities. */
function writeDistances(line: Float64Array, map: Float32Array, start: number, pixels: number): number {
  let total = 0;
  if (line.length === pixels) {
    for (let p = 0; p < pixels; p++) {
      map[start + p] = 1 - line[p]!;
      total += line[p]!;
    }
    return total;
  }
  for (let p = 0, i = 0; p < pixels; p++, i += 3) {
    const sum = line[i]! + line[i + 1]! + line[i + 2]!;
    map[start + p] = 1 - sum / 3;
    total += sum;
  }
  return total;
}
