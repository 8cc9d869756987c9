import type { Detection, Image } from '@adlib/core';
import { fromOnnx } from '@adlib/runtime';
import { expect } from 'vitest';

/**
 * Runs an exported file, written with the threshold 0.5, on the 8-bit colour pictures among some and compares with what
 * the detector said of them.
 *
 * @param file - the file
 * @param images - pictures
 * @param detections - what the detector says of each
 */
export async function assertOnnxAgrees(
  file: Uint8Array,
  images: readonly Image[],
  detections: readonly Detection[],
): Promise<void> {
  const model = await fromOnnx(file, { device: 'cpu' });
  let compared = 0;
  for (const [i, { data, width, height, channels }] of images.entries()) {
    if (!(data instanceof Uint8Array) || channels !== 3) continue;
    const { score, map, defective } = await model.run({ image: { data, shape: [1, height, width, 3] } });
    const value = score!.data[0] as number;
    expect(Math.abs(value - detections[i]!.score) / Math.abs(detections[i]!.score)).toBeLessThan(1e-4);
    expect(map!.shape).toHaveLength(3);
    expect(Boolean(defective!.data[0])).toBe(value > 0.5);
    compared++;
  }
  expect(compared).toBeGreaterThan(0);
  await model.dispose();
}
