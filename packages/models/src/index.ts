export type { Aggregation } from './components/mapOps.js';
export { ConvAutoencoder } from './convAutoencoder/convAutoencoder.js';
export type { ConvAutoencoderOptions } from './convAutoencoder/options.js';
export type { Reconstruction, ReconstructOptions } from './convAutoencoder/reconstructEach.js';
export { createDetector, detectors } from './detectors.js';
export type { DetectorEntry } from './detectors.js';
