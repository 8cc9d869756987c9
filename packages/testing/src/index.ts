export { allClose } from './allClose.js';
export type { AllCloseOptions, AllCloseResult, Numbers } from './allClose.js';
export { checkDetector, ContractError } from './checkDetector.js';
export type { CheckDetectorOptions } from './checks/context.js';
export { matchers } from './matchers.js';
export { MeanImage } from './meanImage.js';
export type { MeanImageOptions } from './meanImage.js';
export { plantDefect, storeAs, tinyParts } from './tinyParts.js';
export type { PixelKind, TinyPartsOptions } from './tinyParts.js';
