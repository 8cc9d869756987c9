import type { EvaluationResults } from '@adlib/pipeline';
import { count, isFigure, NONE, percent, ratio } from './format.js';
import { html, type Html, type Part } from './html.js';

type Row = readonly [name: string, value: number | null, meaning: string, reason: string];

/**
 * The summary figures, each with what it means or why it is missing.
 *
 * @param results - the evaluation
 * @returns the table
 */
export function figuresTable(results: EvaluationResults): Html {
  const { image, pixel, counts } = results;
  const both = `needs good and defective images; there are ${count(counts.good)} good and ${count(counts.defective)} defective`;
  const noGood = 'there is no good image';
  const noDefect = 'there is no defective image';
  const noCall = counts.defective === 0 ? noDefect : 'no image was called defective';
  const whole: Row[] = [
    ['AUROC', image.auroc, 'chance that a defective image scores above a good one', both],
    ['Average precision', image.ap, 'mean precision over recall', both],
    ['F1, best', image.f1Max, 'over all thresholds, chosen with test labels: an upper bound', both],
  ];
  const decided: Row[] = [
    ['Recall', image.recall, 'share of defective images found', noDefect],
    ['Specificity', image.specificity, 'share of good images called good', noGood],
    ['Precision', image.precision, 'share of defective ones among those called defective', noCall],
    ['F1', image.f1, 'harmonic mean of precision and recall', noCall],
    ['Accuracy', image.accuracy, 'share of right decisions', 'there is no image'],
    ['Balanced accuracy', image.balancedAccuracy, 'mean of recall and specificity', both],
  ];
  const noMask =
    counts.withMask === 0
      ? 'no test image has a mask'
      : 'the detector gives no map, or good or defective pixels are missing';
  const pixels: Row[] = [
    ['Pixel AUROC', pixel?.auroc ?? null, `over the pixels of ${count(pixel?.images ?? 0)} images`, noMask],
    ['AUPRO', pixel?.aupro ?? null, `mean overlap with defect regions up to a false-positive rate of ${pixel?.fprLimit ?? NONE}`, noMask],
  ]; // prettier-ignore
  return html`<table class="figures">
    <caption>
      Summary figures
    </caption>
    <thead>
      <tr>
        <th scope="col">Figure</th>
        <th scope="col" class="right-align">Value</th>
        <th scope="col">Meaning</th>
      </tr>
    </thead>
    ${group('Images, at every threshold', whole)} ${group('Images, at the threshold', decided)}
    ${group('Pixels', pixels)}
  </table>`;
}

function group(heading: string, rows: readonly Row[]): Html {
  return html`<tbody>
    <tr>
      <th scope="rowgroup" colspan="3" class="group">${heading}</th>
    </tr>
    ${rows.map(
      ([name, value, meaning, reason]) =>
        html`<tr>
          <th scope="row">${name}</th>
          <td class="number">${ratio(value)}</td>
          <td>${isFigure(value) ? meaning : html`<span class="reason">not defined: ${reason}</span>`}</td>
        </tr>`,
    )}
  </tbody>`;
}

/**
 * Counts of what was decided against what is true; with a column for review where there is a band.
 *
 * @param results - the evaluation
 * @returns the table
 */
export function confusionTable(results: EvaluationResults): Html {
  const { counts, images, threshold, image } = results;
  const { tp, fp, tn, fn } = image.confusion;
  const review = (label: string) => images.filter((i) => i.label === label && i.decision === 'review').length;
  const withReview = threshold.lower !== undefined || images.some((i) => i.decision === 'review');
  const reviewed = { good: withReview ? review('good') : 0, defective: withReview ? review('defective') : 0 };
  const cell = (value: number, of: number, word: string, kind: string): Part =>
    html`<td class="${value > 0 ? kind : 'none'}">
      <strong>${count(value)}</strong><br />${word}<br /><span class="hint"
        >${percent(of > 0 ? value / of : null)}</span
      >
    </td>`;
  const row = (name: string, total: number, cells: Part) =>
    html`<tr>
      <th scope="row">${name}<br /><span class="hint">${count(total)}</span></th>
      ${cells}
    </tr>`;
  return html`<table class="confusion">
    <caption>Decisions at the threshold</caption>
    <thead><tr><td></td><th scope="col">called good</th>${withReview && html`<th scope="col">for review</th>`}<th scope="col">called defective</th></tr></thead>
    <tbody>
      ${row('is good', counts.good, [
        cell(tn - reviewed.good, counts.good, 'right', 'ok'),
        withReview && cell(reviewed.good, counts.good, 'to look at', 'look'),
        cell(fp, counts.good, 'false alarms', 'bad'),
      ])}
      ${row('is defective', counts.defective, [
        cell(fn - reviewed.defective, counts.defective, 'missed defects', 'bad'),
        withReview && cell(reviewed.defective, counts.defective, 'to look at', 'look'),
        cell(tp, counts.defective, 'right', 'ok'),
      ])}
    </tbody>
  </table>`; // prettier-ignore
}
