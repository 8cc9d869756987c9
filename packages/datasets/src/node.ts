export { decodeImage, readImage } from './decode.js';
export type { DecodeOptions } from './decode.js';
export { encodePng, writePng } from './encode.js';
export { folder } from './folder.js';
export type { FolderOptions } from './folder.js';
export { readMask } from './mask.js';
export type { ReadMaskOptions } from './mask.js';
export { mvtec } from './mvtec.js';
export type { MvtecOptions } from './mvtec.js';
