import type { DefectFigures, EvaluationResults, ImageResult } from '@adlib/pipeline';
import { count, counted, isFigure, NONE, percent, ratio, scoreInColumn, times } from './format.js';
import { html, type Html, type Part } from './html.js';

interface Column {
  heading: string;
  text: (row: DefectFigures) => Part;
  value: (row: DefectFigures) => number | null;
  /** Why it may be missing, `good` rows aside where the figure does not apply to them. */
  reason: string;
}

const COLUMNS: readonly Column[] = [
  { heading: 'Called defective', value: (r) => r.detectionRate, text: (r) => [percent(r.detectionRate), bar(r.detectionRate)], reason: 'there is no image of this type' },
  { heading: 'Image AUROC', value: (r) => r.auroc, text: (r) => ratio(r.auroc), reason: 'needs images of this type and good ones' },
  { heading: 'Pixel AUROC', value: (r) => r.pixelAuroc, text: (r) => ratio(r.pixelAuroc), reason: 'needs masks and anomaly maps of this type' },
  { heading: 'AUPRO', value: (r) => r.aupro, text: (r) => ratio(r.aupro), reason: 'needs masks and anomaly maps of this type' },
  { heading: 'Mean score', value: (r) => r.meanScore, text: (r) => scoreInColumn(r.meanScore), reason: 'there is no finite score of this type' },
  { heading: 'Mean score / good', value: (r) => r.separationRatio, text: (r) => times(r.separationRatio), reason: 'needs a mean score of good images other than 0' },
]; // prettier-ignore

/** Figures that compare with good images: they do not exist for good images themselves. */
const AGAINST_GOOD = ['Image AUROC', 'Pixel AUROC', 'AUPRO'];

/** Rows above which the table scrolls on a screen. */
const LONG = 30;

/**
 * One row per defect type: good first, then what is found least often first.
 *
 * @param results - the evaluation
 * @returns the table, with a note on what is missing
 */
export function defectTable({ perDefect }: EvaluationResults): Html {
  if (perDefect.length === 0) return html`<p class="absent">No figures per defect type.</p>`;
  const rows = [...perDefect].sort(order);
  const long = rows.length > LONG;
  const table = html`<table class="defects">
    <caption>
      By defect type: good first, then by the share that is found, lowest first
    </caption>
    <thead>
      <tr>
        <th scope="col">Type</th>
        <th scope="col">Images</th>
        ${COLUMNS.map((c) => html`<th scope="col">${c.heading}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(tableRow)}
    </tbody>
  </table>`;
  const kinds = counted(rows.filter((r) => r.defect !== 'good').length, 'defect type');
  return html`<div
      class="${long ? 'scroll long' : 'scroll'}"
      role="region"
      aria-label="Figures by defect type"
      tabindex="0"
    >
      ${table}
    </div>
    ${long && html`<p class="hint">${kinds}; the table scrolls on a screen and is printed whole.</p>`} ${reasons(rows)}`;
}

function order(a: DefectFigures, b: DefectFigures): number {
  if ((a.defect === 'good') !== (b.defect === 'good')) return a.defect === 'good' ? -1 : 1;
  const key = (r: DefectFigures) => [r.detectionRate, r.auroc].map((v) => (isFigure(v) ? v : 2)) as [number, number];
  const [rateA, aurocA] = key(a);
  const [rateB, aurocB] = key(b);
  return rateA - rateB || aurocA - aurocB || (a.defect < b.defect ? -1 : 1);
}

function tableRow(row: DefectFigures): Html {
  const cells = COLUMNS.map(({ text, heading }) => {
    const none = row.defect === 'good' && AGAINST_GOOD.includes(heading);
    return html`<td class="number">${none ? '' : text(row)}</td>`;
  });
  return html`<tr>
    <th scope="row"><bdi>${row.defect}</bdi></th>
    <td class="number">${count(row.count)}</td>
    ${cells}
  </tr>`;
}

function bar(share: number | null): Part {
  if (!isFigure(share)) return null;
  const width = Math.round(60 * Math.min(Math.max(share, 0), 1));
  return html`<svg class="bar" viewBox="0 0 60 8" aria-hidden="true">
    <rect class="bar-ground" width="60" height="8" />
    <rect class="bar-fill" width="${width}" height="8" />
  </svg>`;
}

/** What a dash means in each column that has one. */
function reasons(rows: readonly DefectFigures[]): Part {
  const missing = COLUMNS.filter(({ value, heading }) =>
    rows.some((row) => !isFigure(value(row)) && !(row.defect === 'good' && AGAINST_GOOD.includes(heading))),
  );
  if (missing.length === 0) return null;
  const list = missing.map((c) => html`<li>${c.heading}: ${c.reason}</li>`);
  return html`<div class="hint">
    ${NONE} = not defined:
    <ul>
      ${list}
    </ul>
  </div>`;
}

/** Wrong decisions listed, at most. */
const LISTED = 10;

/**
 * The images that were decided wrongly, widest margin first.
 *
 * @param results - the evaluation
 * @returns two lists
 */
export function mistakes({ images, threshold }: EvaluationResults): Html {
  const margin = (image: ImageResult) => Math.abs(image.score - threshold.value) || 0;
  const pick = (label: 'good' | 'defective') =>
    images
      .filter((image) => image.label === label && image.decision !== 'review' && image.decision !== label)
      .sort((a, b) => margin(b) - margin(a));
  return html`<div class="columns">
    ${list('Missed defects', pick('defective'))} ${list('False alarms', pick('good'))}
  </div>`;
}

function list(heading: string, wrong: readonly ImageResult[]): Html {
  if (wrong.length === 0)
    return html`<div>
      <h3>${heading}</h3>
      <p>None.</p>
    </div>`;
  const rows = wrong.slice(0, LISTED).map(
    ({ id, defect, score: value }) =>
      html`<tr><td class="id"><bdi>${id}</bdi></td><td><bdi>${defect}</bdi></td><td class="number">${scoreInColumn(value)}</td></tr>`,
  ); // prettier-ignore
  const more = wrong.length - rows.length;
  return html`<div>
    <h3>${heading} (${count(wrong.length)})</h3>
    <div class="scroll" role="region" aria-label="${heading}" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Image</th>
            <th scope="col">Type</th>
            <th scope="col" class="right-align">Score</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${more > 0 && html`<p class="hint">and ${count(more)} more, nearer to the threshold.</p>`}
  </div>`;
}
