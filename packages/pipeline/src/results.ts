import type { AnomalyMap, Image, Mask } from '@adlib/core';
import type { Threshold } from '@adlib/thresholds';

/** A figure that may be undefined (one class missing, no masks): `null` then, so that it survives JSON. */
export type Figure = number | null;

/** Figures over whole images. */
export interface ImageFigures {
  /** Area under the ROC curve, in [0, 1]. */
  auroc: Figure;
  /** Average precision, in [0, 1]. */
  ap: Figure;
  /** Best F1 over all thresholds: an oracle figure, it looks at the test labels. */
  f1Max: Figure;
  /** F1 at the calibrated threshold. */
  f1: Figure;
  /** Precision at the calibrated threshold. */
  precision: Figure;
  /** Recall at the calibrated threshold. */
  recall: Figure;
  /** Share of good images called good at the calibrated threshold. */
  specificity: Figure;
  /** Accuracy at the calibrated threshold. */
  accuracy: Figure;
  /** Mean of recall and specificity at the calibrated threshold. */
  balancedAccuracy: Figure;
  /** Counts at the calibrated threshold; defective is the positive class. */
  confusion: { tp: number; fp: number; tn: number; fn: number };
}

/** Figures over pixels, at each image's own size. */
export interface PixelFigures {
  /** Area under the pixel ROC curve over all test images that have ground truth. */
  auroc: Figure;
  /** Area under the per-region-overlap curve up to `fprLimit`, normalised. */
  aupro: Figure;
  /** Limit of the false-positive rate of `aupro`. */
  fprLimit: number;
  /** Images that took part: good ones, and defective ones with a mask. */
  images: number;
}

/** One defect type against the good test images. */
export interface DefectFigures {
  /** Name of the defect type; `good` is the first row. */
  defect: string;
  /** Test images of this type. */
  count: number;
  /** Mean image score. */
  meanScore: Figure;
  /** Mean score over the mean score of good images; 1 for good (paper 000's separation ratio). */
  separationRatio: Figure;
  /** Image AUROC of this type against good; `null` for good. */
  auroc: Figure;
  /** Share called defective at the calibrated threshold. */
  detectionRate: Figure;
  /** Pixel AUROC over this type's images and the good ones. */
  pixelAuroc: Figure;
  /** AUPRO over this type's images and the good ones. */
  aupro: Figure;
}

/** What the detector said of one test image. */
export interface ImageResult {
  /** The sample's id in the data set: its path there. */
  id: string;
  /** Ground truth. */
  label: 'good' | 'defective';
  /** Defect type; `good` for good images. */
  defect: string;
  /** Raw image score. */
  score: number;
  /** Decision at the calibrated threshold. */
  decision: 'good' | 'defective' | 'review';
}

/** What the detector said of a test image whose label is disputed: in no figure, curve or count. */
export interface DisputedResult extends ImageResult {
  /** Why its label is disputed. */
  reason: string;
}

/** Everything an evaluation found: plain JSON, what `adlib evaluate --json` prints. */
export interface EvaluationResults {
  /** Version of this form. */
  schema: 'adlib.evaluation/1';
  /** Which detector, with its options. */
  detector: { kind: string; options: Readonly<Record<string, unknown>> };
  /** The data set's name and the hash of the test images' content. */
  data: { name: string; testHash: string };
  /** Over whole images. */
  image: ImageFigures;
  /** Over pixels; `null` where no test image has a mask or the detector gives no map. */
  pixel: PixelFigures | null;
  /** The threshold decisions were made with. */
  threshold: Threshold;
  /** One row per defect type, good first. */
  perDefect: DefectFigures[];
  /** Images by kind. */
  counts: { images: number; good: number; defective: number; withMask: number };
  /** Wall time of scoring (decoding and pre-processing included) and of the metrics. */
  seconds: { scoring: number; metrics: number; perImage: number };
  /** One per test image. */
  images: ImageResult[];
  /** Test images whose label is disputed, apart from everything else; absent where there are none. */
  disputed?: DisputedResult[];
  /** Curves thinned to at most 500 points, end points kept. */
  curves: { roc: { fpr: number[]; tpr: number[] }; pro: { fpr: number[]; pro: number[] } | null };
  /** What a reader must know before trusting a figure. */
  warnings: string[];
  /** Versions of `@adlib` and of Node, the device, the seed of training. */
  provenance: Readonly<Record<string, string | number>>;
}

/** One test image with its pictures, for the report. */
export interface EvaluationSample {
  /** Why it was picked: wrongly decided by most, rightly decided by most, nearest to the threshold. */
  kind: 'worst' | 'best' | 'borderline';
  /** Its row in {@link EvaluationResults.images}. */
  result: ImageResult;
  /** The picture as it was scored. */
  image: Image;
  /** The anomaly map at the picture's size, raw. */
  map?: AnomalyMap;
  /** Ground truth, where there is one. */
  mask?: Mask;
}
