export { decide } from './threshold.js';
export type { Decision, FittedOn, Threshold } from './threshold.js';
