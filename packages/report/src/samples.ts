import { argumentMessage, assertImage } from '@adlib/core';
import type { EvaluationResults, EvaluationSample, ImageResult } from '@adlib/pipeline';
import { colorBar } from './color-bar.js';
import { score } from './format.js';
import { COLORMAP } from './heatmap.js';
import { html, type Html, type Part } from './html.js';
import { drawSample, sharedRange, type Pictures } from './pictures.js';

const KINDS = [
  ['worst', 'Worst', 'Decided wrongly by the widest margin; where nothing was wrong, rightly by the narrowest.'],
  ['borderline', 'Borderline', 'Scores nearest to the threshold: a small change of it, or of the part, turns these decisions.'],
  ['best', 'Best', 'Decided rightly by the widest margin.'],
] as const; // prettier-ignore

/**
 * The pictures: worst, borderline and best images, each with its heat map and ground truth.
 *
 * @param results - the evaluation
 * @param samples - images with their maps and masks
 * @returns the section
 */
export function samplesSection(results: EvaluationResults, samples: readonly EvaluationSample[]): Html {
  if (samples.length === 0) {
    return html`<section id="pictures">
      <h2>Pictures</h2>
      <p class="absent">No pictures were passed to this report.</p>
    </section>`;
  }
  samples.forEach(assertSample);
  const maps = samples.flatMap(({ map }) => (map === undefined ? [] : [map]));
  const { range, clipped } = sharedRange(maps);
  const cards = samples.map((sample, i) => ({
    kind: sample.kind,
    markup: card(sample, drawSample(sample, samples.length, range, COLORMAP), results, i),
  }));
  const groups = KINDS.map(([kind, heading, text]) => {
    const chosen = cards.filter((c) => c.kind === kind).map((c) => c.markup);
    return (
      chosen.length > 0 &&
      html`<h3>${heading}</h3>
        <p class="hint">${text}</p>
        <div class="cards">${chosen}</div>`
    );
  });
  const key =
    maps.length === 0
      ? html`<p class="absent">No heat maps: this detector scores whole images only.</p>`
      : html`<figure class="key">
          ${colorBar(range, COLORMAP, clipped)}
          <figcaption>
            One colour scale for all pictures of this report, laid over the picture in grey: the more anomalous, the
            lighter and the stronger.
          </figcaption>
        </figure>`;
  return html`<section id="pictures">
    <h2>Pictures</h2>
    ${key}${groups}
  </section>`;
}

function assertSample(sample: EvaluationSample, i: number): void {
  const at = `samples[${i}]`;
  assertImage('renderReport', `${at}.image`, sample.image);
  if (!KINDS.some(([kind]) => kind === sample.kind)) {
    throw new RangeError(argumentMessage('renderReport', `${at}.kind`, "'worst', 'best' or 'borderline'", sample.kind));
  }
  const { mask } = sample;
  if (mask !== undefined && (!(mask.width > 0) || mask.data?.length !== mask.width * mask.height)) {
    throw new RangeError(argumentMessage('renderReport', `${at}.mask`, 'a mask of width * height values', mask));
  }
}

/** What was decided against what is true, in words that need no colour. */
function outcome(label: 'good' | 'defective', decision: ImageResult['decision']): { text: string; kind: string } {
  if (decision === 'review') return { text: 'for review', kind: 'review' };
  if (label === decision) return { text: 'right', kind: 'right' };
  return { text: label === 'good' ? 'false alarm' : 'missed defect', kind: 'wrong' };
}

function card({ result }: EvaluationSample, pictures: Pictures, results: EvaluationResults, i: number): Html {
  const { id, label, defect, score: value, decision } = result;
  const verdict = outcome(label, decision);
  const called = decision === 'review' ? '' : `, called ${decision}`;
  const truth = label === 'good' ? 'good' : `defective (${defect})`;
  return html`<article class="card">
    <h4><bdi>${id}</bdi></h4>
    <p>
      <strong class="${verdict.kind}">${verdict.text}</strong>: is ${truth}${called}; score
      <span class="number">${score(value)}</span>, threshold
      <span class="number">${score(results.threshold.value)}</span>
    </p>
    <div class="triple">${cells(pictures, label, id, i)}</div>
  </article>`;
}

function cells(pictures: Pictures, label: 'good' | 'defective', id: string, i: number): Part {
  const { width, height, image, heat, mask } = pictures;
  const frame = (caption: string, body: Part) =>
    html`<figure>
      ${body}
      <figcaption>${caption}</figcaption>
    </figure>`;
  const picture = (alt: string, body: Part) =>
    html`<svg
      class="${Math.max(width, height) < 64 ? 'picture tiny' : 'picture'}"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="${alt}"
    >
      ${body}
    </svg>`;
  const absent = (text: string) => html`<p class="empty" style="aspect-ratio: ${width} / ${height}">${text}</p>`;
  return [
    frame('Image', picture(`Image ${id}`, html`<image id="picture-${i}" href="${image}" width="${width}" height="${height}" />`)),
    frame('Heat map', heat === undefined ? absent('no map') : picture(`Heat map over image ${id}`,
      html`<use class="grey" href="#picture-${i}" /><image href="${heat}" width="${width}" height="${height}" />`)),
    frame('Ground truth', mask === undefined
      ? absent(label === 'good' ? 'no mask: good part' : 'no mask')
      : picture(`Ground truth of image ${id}, defect in white`, html`<image href="${mask}" width="${width}" height="${height}" />`)),
  ]; // prettier-ignore
}
