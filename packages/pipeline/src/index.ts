export { calibrate } from './calibrate.js';
export type { CalibrateOptions, Calibration, ScoreSummary } from './calibrate.js';
export { evaluate } from './evaluate.js';
export type { EvaluateOptions, Evaluation } from './evaluate.js';
export type { SampleCounts } from './pickSamples.js';
export type {
  DefectFigures,
  DisputedResult,
  EvaluationResults,
  EvaluationSample,
  Figure,
  ImageFigures,
  ImageResult,
  PixelFigures,
} from './results.js';
export { train } from './train.js';
export type { RoleSamples, TrainOptions, TrainRecord } from './train.js';
