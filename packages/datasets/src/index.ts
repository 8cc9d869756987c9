export type { Dataset, Role, Sample } from './dataset.js';
export { imagesOf } from './images.js';
export type { ImagesOfOptions } from './images.js';
