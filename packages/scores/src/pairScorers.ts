import type { AnomalyMap, Image } from '@adlib/core';
import { absoluteErrorMap } from './absoluteErrorMap.js';
import { fourGSsim } from './fourGSsim.js';
import { fourMsGSsim } from './fourMsGSsim.js';
import { fourMsSsim } from './fourMsSsim.js';
import { fourSsim } from './fourSsim.js';
import { gmsd } from './gmsd.js';
import { gSsim } from './gSsim.js';
import { meanScore } from './meanScore.js';
import { msGSsim } from './msGSsim.js';
import { msSsim } from './msSsim.js';
import { psnr } from './psnr.js';
import { squaredErrorMap } from './squaredErrorMap.js';
import { ssim } from './ssim.js';

/** Scores an image against its reconstruction: raw, higher = more anomalous, with the map it comes from. */
export interface PairScorer {
  /** What it scores. */
  readonly needs: 'pair';
  /** Score and map of one pair of the same size. */
  score(image: Image, reconstruction: Image): { score: number; map: AnomalyMap };
}

const error = (map: (image: Image, reconstruction: Image) => AnomalyMap): PairScorer => ({
  needs: 'pair',
  score(image, reconstruction) {
    const values = map(image, reconstruction);
    return { score: meanScore(values), map: values };
  },
});

const measure = (f: PairScorer['score']): PairScorer => ({
  needs: 'pair',
  score(image, reconstruction) {
    const { score, map } = f(image, reconstruction);
    return { score, map };
  },
});

/**
 * Every score of an image pair by name, with its defaults (SSIM family: `wang`, small images shrunk to fit): `mse`, `mae`,
 * `psnr`, `ssim`, `msSsim`, `gSsim`, `msGSsim`, `fourSsim`, `fourMsSsim`, `fourGSsim`, `fourMsGSsim`, `gmsd`.
 *
 * @example
 * ```ts
 * import { pairScorers } from '@adlib/scores';
 * const image = { data: new Uint8Array(24 * 20).fill(90), width: 24, height: 20, channels: 1 } as const;
 * for (const [name, scorer] of Object.entries(pairScorers)) console.log(name, scorer.score(image, image).score);
 * ```
 */
export const pairScorers = {
  mse: error(squaredErrorMap),
  mae: error(absoluteErrorMap),
  psnr: measure((a, b) => psnr(a, b)),
  ssim: measure((a, b) => ssim(a, b, { small: 'shrink' })),
  msSsim: measure((a, b) => msSsim(a, b, { small: 'shrink' })),
  gSsim: measure((a, b) => gSsim(a, b, { small: 'shrink' })),
  msGSsim: measure((a, b) => msGSsim(a, b, { small: 'shrink' })),
  fourSsim: measure((a, b) => fourSsim(a, b, { small: 'shrink' })),
  fourMsSsim: measure((a, b) => fourMsSsim(a, b, { small: 'shrink' })),
  fourGSsim: measure((a, b) => fourGSsim(a, b, { small: 'shrink' })),
  fourMsGSsim: measure((a, b) => fourMsGSsim(a, b, { small: 'shrink' })),
  gmsd: measure((a, b) => gmsd(a, b)),
} as const satisfies Record<string, PairScorer>;

/** Name of a {@link pairScorers} entry. */
export type PairScoreName = keyof typeof pairScorers;
