/** What results.json holds. */
import type { Figures } from '../report.js';

/** The figures that the tables show. */
export type BriefFigures = Pick<Figures, 'accuracy' | 'balancedAccuracy' | 'recall'>;

/** Mahalanobis distance on some features of one layer: means over the draws. */
export interface Cell {
  layer: string;
  /** Features of the layer. */
  features: number;
  /** Features kept, or `pooled`: all channels, each its mean over positions. */
  kept: number | 'pooled';
  shrinkage: 'ridge' | 'ledoitWolf';
  draws: number;
  auroc: number;
  aurocLow: number;
  aurocHigh: number;
  /** Limit: mean plus two standard deviations of good calibration scores. */
  unsupervised: BriefFigures;
  /** The same limit fitted on the scores of the training pictures themselves. */
  inSample: BriefFigures;
  /** Limit: best accuracy on the very pictures it is judged by. */
  oracle: BriefFigures;
  fitMs: number;
  scoreMs: number;
}

/** One way from all features of a layer to a score. */
export interface MethodRow {
  method: string;
  auroc: number;
  unsupervised: BriefFigures;
  fitMs: number;
}

/** Figures of one network on one category. */
export interface NetworkResult {
  category: string;
  network: string;
  counts: Record<string, number>;
  /** Time of the network per picture. */
  extractMs: number;
  cells: Cell[];
  /** Layer that the methods work on. */
  methodLayer: string;
  /** Empty where the network's methods were not compared. */
  methods: MethodRow[];
}

/** The content of results.json. */
export interface RandomFeatureResults {
  machine: Record<string, string | number>;
  seed: number;
  networks: NetworkResult[];
}
