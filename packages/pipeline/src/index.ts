export type {
  DefectFigures,
  EvaluationResults,
  EvaluationSample,
  Figure,
  ImageFigures,
  ImageResult,
  PixelFigures,
} from './results.js';
