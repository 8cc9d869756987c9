export { boxMask } from './annotations/box.js';
export type { Box } from './annotations/box.js';
export { brushRleMask } from './annotations/brushRle.js';
export { polygonMask, rotatedBox } from './annotations/polygon.js';
export { cocoRleMask, kaggleRleMask } from './annotations/rle.js';
export type { CocoRle } from './annotations/rle.js';
export { audit } from './audit.js';
export type { AuditOptions, AuditReport } from './audit.js';
export type { AuditGroup, DefectSize } from './audit/countFindings.js';
export type { Comparison } from './audit/duplicates.js';
export type { Finding } from './audit/findings.js';
export { auditPictures } from './audit/pictures.js';
export type { AuditPicture, AuditPicturesOptions } from './audit/pictures.js';
export { auditKinds } from './audit/kinds.js';
export type { FindingKind, FindingLevel, KindFacts } from './audit/kinds.js';
export {
  augmentedImages,
  augmentImage,
  augmentMask,
  augmentRegimes,
  drawAugmentation,
  drawTransforms,
} from './augment.js';
export type {
  Augmentation,
  AugmentedImagesOptions,
  AugmentRanges,
  AugmentRegime,
  DrawTransformsOptions,
} from './augment.js';
export { batchesOf } from './batches.js';
export type { BatchesOptions, Batch } from './batches.js';
export { augmentedDataset } from './augmentedDataset.js';
export type { AugmentedDatasetOptions } from './augmentedDataset.js';
export { borderline } from './borderline.js';
export type { BorderlineEntry } from './borderline.js';
export type { Dataset, Role, Sample } from './dataset.js';
export type { DefectiveImage } from './defects/common.js';
export { corrode, corrosion } from './defects/corrosion.js';
export type { CorrodeOptions, CorrosionOptions, CorrosionStep } from './defects/corrosion.js';
export { cutPaste, cutPasteScar } from './defects/cutPaste.js';
export type { CutPasteOptions, CutPasteScarOptions } from './defects/cutPaste.js';
export { paintDefect } from './defects/paintDefect.js';
export type { PaintDefectOptions } from './defects/paintDefect.js';
export { perlinAnomaly } from './defects/perlinAnomaly.js';
export type { PerlinAnomalyOptions } from './defects/perlinAnomaly.js';
export { imagesOf } from './images.js';
export type { ImagesOfOptions } from './images.js';
export { partial, withNoise } from './mixing.js';
export type { MixingOptions } from './mixing.js';
export { picturesOf, pictureSample, readPicture } from './pictures.js';
export type { Drawable, PictureFacts, PicturesOfOptions, PictureSource, ReadPictureOptions } from './pictures.js';
export { assignRoles, roles, samplesByRole } from './roles.js';
export type { AssignRolesOptions, LeftOutEntry, RoleChange, RoleEntry, RoleManifest } from './roles.js';
export { synthetic } from './synthetic.js';
export type { SyntheticKind, SyntheticOptions } from './synthetic.js';
export type { SyntheticDefect } from './synthetic/defects.js';
export { moveMatrix, warpImage, warpMask } from './warp.js';
export type { AffineMatrix, Fill, Move, WarpOptions } from './warp.js';
