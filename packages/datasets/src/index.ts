export type { Dataset, Role, Sample } from './dataset.js';
