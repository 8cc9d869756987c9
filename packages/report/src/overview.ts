import type { EvaluationResults } from '@adlib/pipeline';
import { count, counted, isFigure, percent, plain, ratio, score, seconds } from './format.js';
import { html, join, type Html, type Part } from './html.js';
import { wilsonInterval } from './wilson.js';

/**
 * Title, what was tested, what came out, and what to know before believing it.
 *
 * @param results - the evaluation
 * @param title - heading of the page
 * @returns the head of the page
 */
export function overview(results: EvaluationResults, title: string): Html {
  const { detector, data, counts } = results;
  return html`<header>
    <h1><bdi>${title}</bdi></h1>
    <p class="lead">
      Detector <strong>${detector.kind}</strong> on <strong><bdi>${data.name}</bdi></strong
      >: ${counted(counts.images, 'test image')}, ${count(counts.good)} good and ${count(counts.defective)} defective,
      ${count(counts.withMask)} with a ground-truth mask.
    </p>
    ${warnings(results)}
    <div class="tiles">${tiles(results)}</div>
    ${thresholdText(results)}
  </header>`;
}

/**
 * Every reason to be careful, each once; those of the threshold last. An evaluation repeats the threshold's own as
 * `Threshold: ...`: those are not shown a second time.
 *
 * @param results - the evaluation
 * @returns sentences
 */
function allWarnings(results: EvaluationResults): string[] {
  const { threshold, counts, images } = results;
  const own: string[] = [];
  if (threshold.oracle === true) {
    own.push('The threshold was chosen with the labels of the test images. Figures at the threshold are an upper bound, not a performance to expect.'); // prettier-ignore
  }
  if (counts.good === 0) own.push('There is no good test image: false alarms cannot be measured.');
  if (counts.defective === 0) own.push('There is no defective test image: missed defects cannot be measured.');
  const undefinedScores = images.filter((image) => !Number.isFinite(image.score)).length;
  if (undefinedScores > 0) {
    own.push(`${counted(undefinedScores, 'test image')} got a score that is not a finite number: left out of the histogram.`); // prettier-ignore
  }
  if (!Number.isFinite(threshold.value)) own.push(`The threshold is ${score(threshold.value)}: it decides nothing.`);
  const ofThreshold = threshold.warnings.filter((text) => !results.warnings.includes(`Threshold: ${text}`));
  return [...new Set([...own, ...results.warnings, ...unexpectedRate(results), ...ofThreshold])];
}

function warnings(results: EvaluationResults): Part {
  const list = allWarnings(results);
  if (list.length === 0) return null;
  return html`<div class="warnings" role="note" aria-label="Warnings">
    <h2>Read this first</h2>
    <ul>
      ${list.map((text) => html`<li>${text}</li>`)}
    </ul>
  </div>`;
}

function tiles(results: EvaluationResults): Part {
  const { image, pixel, counts, threshold, seconds: time } = results;
  const { tp, fp } = image.confusion;
  const review = results.images.filter((i) => i.decision === 'review').length;
  const expected = threshold.expectedFalsePositiveRate;
  return [
    counts.defective > 0 &&
      tile('Defects found', percent(tp / counts.defective), `${count(tp)} of ${counted(counts.defective, 'defective image')}; ${interval(tp, counts.defective)}`),
    counts.good > 0 &&
      tile('False alarms', percent(fp / counts.good), [`${count(fp)} of ${counted(counts.good, 'good image')}; ${interval(fp, counts.good)}`,
        isFigure(expected) && `; the rule expects ${percent(expected)}`]),
    review > 0 &&
      tile('For review', percent(review / counts.images), `${count(review)} of ${counted(counts.images, 'image')}`),
    isFigure(image.auroc) && tile('Image AUROC', ratio(image.auroc), 'at every threshold; 1 = classes fully apart'),
    pixel !== null && isFigure(pixel.aupro) && tile('AUPRO', ratio(pixel.aupro), `where the defects are; up to FPR ${pixel.fprLimit}`),
    isFigure(time.perImage) && tile('Time per image', seconds(time.perImage), 'decoding and scoring'),
  ]; // prettier-ignore
}

function interval(k: number, n: number): string {
  const [low, high] = wilsonInterval(k, n);
  return `95 % interval ${percent(low).replace(' %', '')} to ${percent(high)}`;
}

/** A word when false alarms are more or fewer than chance allows, given what the rule expects. */
function unexpectedRate({ image, counts, threshold }: EvaluationResults): string[] {
  const expected = threshold.expectedFalsePositiveRate;
  if (!isFigure(expected) || counts.good === 0) return [];
  const [low, high] = wilsonInterval(image.confusion.fp, counts.good);
  if (expected >= low && expected <= high) return [];
  const found = percent(image.confusion.fp / counts.good);
  const than = expected < low ? 'more' : 'fewer';
  return [`${found} of good test images are called defective, ${than} than the ${percent(expected)} that the rule expects, and chance alone does not explain it: good test images may differ from those the threshold stands on.`]; // prettier-ignore
}

function tile(name: string, value: string, text: Part): Html {
  return html`<div class="tile">
    <p class="name">${name}</p>
    <p class="value">${value}</p>
    <p class="text">${text}</p>
  </div>`;
}

function thresholdText({ threshold }: EvaluationResults): Html {
  const { rule, value, lower, expectedFalsePositiveRate: expected, fittedOn, parameters } = threshold;
  const list = Object.entries(parameters).map(([name, v]) => html`<bdi>${name} = ${plain(v)}</bdi>`);
  return html`<section class="threshold-text" aria-label="Threshold">
    <p>
      An image is called <strong>defective</strong> when its score is above
      <strong class="number">${score(value)}</strong>${
        isFigure(lower) &&
        html`, and is put up <strong>for review</strong> above <strong class="number">${score(lower)}</strong>`
      }.
      Rule: <bdi>${rule}</bdi>${list.length > 0 && html` (${join(list, ', ')})`}.
      ${
        isFigure(expected)
          ? `It expects ${percent(expected)} of good images above it.`
          : 'It states no expected share of false alarms.'
      }
      ${
        fittedOn.n > 0
          ? `It stands on ${counted(fittedOn.n, 'score')}: ${count(fittedOn.good)} good, ${count(fittedOn.defective)} defective.`
          : 'It was set by hand, on no scores.'
      }
    </p>
  </section>`;
}
