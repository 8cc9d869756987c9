export { meanPlusSigma } from './meanPlusSigma.js';
export type { MeanPlusSigmaOptions } from './meanPlusSigma.js';
export { quantile } from './quantile.js';
export type { QuantileOptions } from './quantile.js';
export { fitThreshold, thresholdRules } from './rules.js';
export type { ThresholdRule } from './rules.js';
export type { Scores, ScoreSets } from './scores.js';
export { decide } from './threshold.js';
export type { Decision, FittedOn, Threshold } from './threshold.js';
