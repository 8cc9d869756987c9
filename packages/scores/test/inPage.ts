import { createRandom, type Image } from '@adlib/core';
import { fourSsim, gmsd, meanScore, msSsim, psnr, ssim } from '../src/index.js';
import { plainMath } from '../src/rowMath.js';
import { openWorkspace } from '../src/workspace.js';

/** Whether the inner loops run without WebAssembly here. */
export const isPlain = (): boolean => openWorkspace(1, 1).math === plainMath;

/** Each score of one pair of pictures, and the mean of its map. */
export function similarities(): Record<string, number> {
  const random = createRandom(3);
  const [width, height] = [197, 183];
  const x = Float32Array.from({ length: 3 * width * height }, (_, i) => 0.5 + 0.4 * Math.sin(i / 50));
  const y = x.map((value) => value + random.uniform(-0.1, 0.1));
  const [a, b] = [x, y].map((data): Image => ({ data, width, height, channels: 3 })) as [Image, Image];
  const scores = { psnr, ssim, msSsim, gmsd, fourSsim };
  return Object.fromEntries(
    Object.entries(scores).flatMap(([name, score]) => {
      const { similarity, map } = score(a, b);
      return [[name, similarity], ...(map === undefined ? [] : [[`${name} map`, meanScore(map)] as const])];
    }),
  );
}
