import { argumentMessage, assertKnownOptions } from '@adlib/core';
import type { EvaluationResults, EvaluationSample } from '@adlib/pipeline';
import { points, proPlot, rocPlot } from './curves.js';
import { defectTable, mistakes } from './defects.js';
import { disputedSection } from './disputed.js';
import { isFigure } from './format.js';
import { histogram } from './histogram.js';
import { html, raw, type Html } from './html.js';
import { overview } from './overview.js';
import { figure } from './plot.js';
import { provenanceSection, trainingSection, type TrainingSummary } from './provenance.js';
import { samplesSection } from './samples.js';
import { STYLE } from './style.js';
import { confusionTable, figuresTable } from './tables.js';

/** Options of {@link renderReport}. */
export interface ReportOptions {
  /** Images to show with their heat maps and ground truth, at best up to 24. @defaultValue none */
  samples?: readonly EvaluationSample[];
  /** Heading of the page. @defaultValue `Evaluation: ` and the data set's name */
  title?: string;
  /** What to tell of the training. @defaultValue nothing */
  training?: TrainingSummary;
}

/**
 * Writes an evaluation as one HTML page: what was decided and how well, every warning, the figures with what they mean or
 * why they are missing, the figures of each defect type, histogram, ROC and PRO curves, pictures with heat maps on one
 * colour scale, and provenance.
 *
 * The page needs nothing else: no network (its own security policy forbids it), no script, no font. It follows the
 * reader's light or dark setting and prints. All text from outside is escaped. Pictures are made smaller until all of
 * them together fit in 4.2 MB, so that up to 24 samples make a page under 5 MB. Write it with `writeFileAtomic` of
 * `@adlib/core/node`.
 *
 * @param results - what the evaluation found; not modified
 * @param options - samples, title, training
 * @returns the page, UTF-8 text without a byte-order mark; the same input gives the same text
 * @throws TypeError if `results` is of another form or an option is unknown, RangeError if a sample does not fit together
 * @example
 * ```ts
 * import type { EvaluationResults } from '@adlib/pipeline';
 * import { renderReport } from '@adlib/report';
 * const image = (id: string, score: number, label: 'good' | 'defective') =>
 *   ({ id, label, defect: label === 'good' ? 'good' : 'scratch', score, decision: score > 0.5 ? 'defective' : 'good' }) as const;
 * const results: EvaluationResults = {
 *   schema: 'adlib.evaluation/1',
 *   detector: { kind: 'conv-autoencoder', options: { imageSize: 256 } },
 *   data: { name: 'screws', testHash: 'sha256:0f3c' },
 *   image: { auroc: 1, ap: 1, f1Max: 1, f1: 1, precision: 1, recall: 1, specificity: 1, accuracy: 1, balancedAccuracy: 1,
 *     confusion: { tp: 1, fp: 0, tn: 1, fn: 0 } },
 *   pixel: null,
 *   threshold: { rule: 'fixed', value: 0.5, fittedOn: { n: 0, good: 0, defective: 0 }, parameters: {}, warnings: [] },
 *   perDefect: [],
 *   counts: { images: 2, good: 1, defective: 1, withMask: 0 },
 *   seconds: { scoring: 0.1, metrics: 0.01, perImage: 0.05 },
 *   images: [image('good/000.png', 0.2, 'good'), image('scratch/000.png', 0.9, 'defective')],
 *   curves: { roc: { fpr: [0, 0, 1], tpr: [0, 1, 1] }, pro: null },
 *   warnings: ['Only two test images.'],
 *   provenance: { adlib: '0.0.0' },
 * };
 * const page = renderReport(results, { title: 'Screws, line 3' });
 * console.log(page.startsWith('<!doctype html>'), page.includes('Only two test images.')); // true true
 * ```
 */
export function renderReport(results: EvaluationResults, options: ReportOptions = {}): string {
  assertKnownOptions('renderReport', options, ['samples', 'title', 'training']);
  assertResults(results);
  const { samples = [], title = `Evaluation: ${results.data.name}`, training } = options;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'" />
<meta name="referrer" content="no-referrer" />
<title>${title}</title>
<link rel="icon" href="data:," />
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
${overview(results, title)}
${figuresSection(results)}
${plotsSection(results)}
<section id="defects"><h2>Defect types</h2>${defectTable(results)}</section>
<section id="mistakes"><h2>Wrong decisions</h2>${mistakes(results)}</section>
${disputedSection(results)}
${samplesSection(results, samples)}
${training !== undefined && trainingSection(training)}
${provenanceSection(results)}
</main>
</body>
</html>
`; // prettier-ignore
  return page.toString();
}

function assertResults(results: unknown): asserts results is EvaluationResults {
  const schema = (results as Partial<EvaluationResults> | null | undefined)?.schema;
  if (schema !== 'adlib.evaluation/1') {
    const hint = 'Pass what evaluate() of @adlib/pipeline returned.';
    throw new TypeError(
      argumentMessage('renderReport', 'results.schema', "'adlib.evaluation/1'", schema ?? results, hint),
    );
  }
}

function figuresSection(results: EvaluationResults): Html {
  return html`<section id="figures">
    <h2>Figures</h2>
    <div class="columns">
      <div>${figuresTable(results)}</div>
      <div>${confusionTable(results)}</div>
    </div>
  </section>`;
}

function plotsSection(results: EvaluationResults): Html {
  return html`<section id="plots">
    <h2>Scores and curves</h2>
    <div class="wide" role="region" aria-label="Histogram of scores" tabindex="0">
      ${figure(histogram(results), histogramCaption(results))}
    </div>
    <div class="columns curves">${rocFigure(results)} ${proFigure(results)}</div>
  </section>`;
}

function histogramCaption({ threshold }: EvaluationResults): string {
  const band = threshold.lower === undefined ? '' : ' Grey: scores for review.';
  return `Image scores by class, counts on their own axes. Right of the dashed line an image is called defective.${band}`;
}

function rocFigure({ curves, image, counts }: EvaluationResults): Html {
  const { tp, fp } = image.confusion;
  const curve = points(curves.roc.fpr, curves.roc.tpr);
  const both = counts.good > 0 && counts.defective > 0;
  if (curve.length < 2 || !both) {
    return figure('No ROC curve: it needs good and defective test images.', 'ROC curve over images.');
  }
  const operating = [fp / counts.good, tp / counts.defective] as const;
  return figure(
    rocPlot({ curve, auroc: image.auroc, operating }),
    'ROC curve over images. Dotted: a detector that guesses. Circle: the threshold of this report.',
  );
}

function proFigure({ curves, pixel, counts }: EvaluationResults): Html {
  const caption = 'PRO curve over pixels.';
  const curve = points(curves.pro?.fpr ?? [], curves.pro?.pro ?? []);
  if (curve.length < 2 || pixel === null || !isFigure(pixel.fprLimit)) {
    const reason = counts.withMask === 0 ? 'no test image has a mask' : 'the detector gives no anomaly map';
    return figure(`No PRO curve: ${curves.pro === null || pixel === null ? reason : 'it has no points'}.`, caption);
  }
  return figure(
    proPlot({ curve, aupro: pixel.aupro, fprLimit: pixel.fprLimit }),
    `${caption} Shaded: what AUPRO integrates, divided by the limit.`,
  );
}
