import type { EvaluationResults } from '@adlib/pipeline';
import { counted, scoreInColumn } from './format.js';
import { html, type Part } from './html.js';

/**
 * Test images whose label is disputed: what is said of them, why they are, and what the detector made of them.
 *
 * @param results - the evaluation
 * @returns the section, or nothing where there are none
 */
export function disputedSection({ disputed = [], threshold }: EvaluationResults): Part {
  if (disputed.length === 0) return null;
  const rows = disputed.map(
    ({ id, label, defect, reason, score, decision }) =>
      html`<tr>
        <th scope="row" class="id"><bdi>${id}</bdi></th>
        <td><bdi>${label === 'good' ? 'good' : defect}</bdi></td>
        <td><bdi>${reason}</bdi></td>
        <td class="number">${scoreInColumn(score)}</td>
        <td>${decision === 'review' ? 'for review' : decision}</td>
      </tr>`,
  );
  const called = disputed.filter(({ decision }) => decision === 'defective').length;
  return html`<section id="disputed">
    <h2>Disputed images</h2>
    <p>
      People do not agree on ${counted(disputed.length, 'test image')}. They are in no figure of this report; nothing
      was learned from them. At the threshold of ${scoreInColumn(threshold.value)}, ${called} of them are called
      defective.
    </p>
    <div class="scroll" role="region" aria-label="Disputed images" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Image</th>
            <th scope="col">Labelled</th>
            <th scope="col">Why disputed</th>
            <th scope="col" class="right-align">Score</th>
            <th scope="col">Called</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}
