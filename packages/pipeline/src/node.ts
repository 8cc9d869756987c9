export { loadBundle, saveBundle } from './bundle.js';
export type { BundleContent, LoadedBundle } from './bundle.js';
export type { BundleDescription, BundleProvenance } from './bundleFormat.js';
