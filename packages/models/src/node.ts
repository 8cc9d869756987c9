export { openWeightsFile } from './backbones/weights/file.js';
export { hub } from './backbones/weights/hub.js';
export type { HubOptions } from './backbones/weights/hub.js';
export type { WeightSource } from './backbones/weights/weightSource.js';
