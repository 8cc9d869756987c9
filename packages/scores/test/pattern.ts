import type { Image } from '@adlib/core';

/** The pair of `pattern(h, w)` in `fixtures/generate_scores_similarity.py`: waves on a chequerboard, and a damaged copy. */
export function patternPair(height: number, width: number): [Image, Image] {
  const x = new Float32Array(height * width);
  const y = new Float32Array(height * width);
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      const i = r * width + c;
      const waves = 0.25 * Math.sin((2 * Math.PI * r) / 16) * Math.cos((2 * Math.PI * c) / 24);
      const v = 0.5 + waves + 0.075 * (1 - 2 * ((Math.floor(r / 12) + Math.floor(c / 12)) % 2));
      x[i] = v;
      const damaged = r >= 80 && r < 100 && c >= 90 && c < 120;
      y[i] = damaged ? 0.2 : Math.min(1, Math.max(0, 0.9 * v + 0.04 + 0.05 * Math.sin(0.7 * r + 1.3 * c)));
    }
  }
  return [
    { data: x, width, height, channels: 1 },
    { data: y, width, height, channels: 1 },
  ];
}
