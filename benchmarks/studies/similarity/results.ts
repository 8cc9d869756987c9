/** What results.json holds. */
import type { NetworkName, Trained } from '../autoencoder.js';
import type { Figures } from '../report.js';

/** Figures of one score in one category. */
export interface ScoreRow {
  score: string;
  /** `wang` or `zd` for the SSIM family. */
  form: string;
  auroc: number;
  lower: number;
  upper: number;
  /** Limit: mean plus two standard deviations of good calibration scores. */
  unsupervised: Figures;
  /** Limit: their 95th percentile. */
  percentile95: Figures;
  /** Limit: best accuracy on a half of the labelled test pictures, figures on the other half. */
  supervised: Figures;
  /** Limit: best accuracy on the very pictures it is judged by. */
  oracle: Figures;
}

/** Figures of one classifier in one category, means over held-out folds. */
export interface ClassifierRow {
  classifier: string;
  inputs: string;
  auroc: number;
  figures: Figures;
}

/** Figures of one category. */
export interface CategoryResult {
  category: string;
  network: NetworkName;
  counts: Record<string, number>;
  training: Trained['training'];
  /** What the mean grey level of a picture (of 16 levels) says without any score: a sign of how pictures were taken. */
  brightness: { auroc: number; calibration: number; testGood: number; testDefective: number };
  scores: ScoreRow[];
  classifiers: ClassifierRow[];
}

/** The content of results.json. */
export interface SimilarityResults {
  machine: Record<string, string | number>;
  seed: number;
  categories: CategoryResult[];
}
