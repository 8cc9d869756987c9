export {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  assertLength,
  assertOneOf,
  describe,
} from './check.js';
export type {
  Detection,
  Detector,
  DetectorState,
  Device,
  FitOptions,
  NamedTensor,
  ScoreOptions,
  ToOnnxOptions,
} from './detector.js';
export { BundleError, DatasetFormatError, DisposedError, NotFittedError, UnsupportedDeviceError } from './errors.js';
export { assertFiniteImage, assertImage, maxValue, toCollection } from './image.js';
export type { Image, ImageCollection, Images, Mask } from './image.js';
export { ndarray, toRowMajor, View } from './ndarray.js';
export type { AnomalyMap, NdArray, NdData } from './ndarray.js';
export { placePicture } from './placePicture.js';
export type { PlaceOptions, Placement, ResizeMode } from './placePicture.js';
export { imagenetNormalisation, prepareImage, restoreMap } from './prepare.js';
export type { PrepareOptions } from './prepare.js';
export { breathe } from './progress.js';
export type { LongCallOptions, OnProgress, ProgressEvent } from './progress.js';
export { createRandom } from './random.js';
export type { Random } from './random.js';
export { resizeBilinear, toChannels, toFloat } from './resize.js';
