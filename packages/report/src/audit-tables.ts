import type { AuditReport } from '@adlib/datasets';
import { count, counted, percent } from './format.js';
import { html, type Html, type Part } from './html.js';

/**
 * Samples by role and defect type.
 *
 * @param groups - the counts
 * @returns the table
 */
export function groupTable(groups: AuditReport['groups']): Html {
  const rows = groups.map(
    ({ role, defect, samples, withMask, label }) =>
      html`<tr>
        <td>${role ?? 'none'}</td>
        <th scope="row"><bdi>${defect}</bdi></th>
        <td class="number">${count(samples)}</td>
        <td class="number">${label === 'good' && withMask === 0 ? '' : count(withMask)}</td>
      </tr>`,
  );
  return html`<div class="scroll" role="region" aria-label="Pictures by role and defect type" tabindex="0">
  <table>
    <caption>Pictures by role and defect type</caption>
    <thead>
      <tr>
        <th scope="col">Role</th>
        <th scope="col">Type</th>
        <th scope="col" class="right-align">Pictures</th>
        <th scope="col" class="right-align">With mask</th>
      </tr>
    </thead>
    <tbody>${rows}</tbody>
  </table>
  </div>`; // prettier-ignore
}

/**
 * How large the defects are, by type.
 *
 * @param report - the audit
 * @returns the table, or a sentence where no mask marks anything
 */
export function sizeTable({ defects }: AuditReport): Html {
  if (defects.length === 0) return html`<p class="absent">No sizes of defects: no mask marks anything.</p>`;
  const rows = defects.map(
    ({ defect, masks, regions, share, length }) =>
      html`<tr>
        <th scope="row"><bdi>${defect}</bdi></th>
        <td class="number">${count(masks)}</td>
        <td class="number">${count(regions)}</td>
        <td class="number">${small(share[1])}<br /><span class="hint">${small(share[0])} to ${small(share[2])}</span></td>
        <td class="number">${count(length[1])}<br /><span class="hint">${count(length[0])} to ${count(length[2])}</span></td>
      </tr>`,
  ); // prettier-ignore
  return html`<div class="scroll" role="region" aria-label="Sizes of defects" tabindex="0">
    <table>
      <caption>Sizes of defects: the middle one, and the range</caption>
      <thead>
        <tr>
          <th scope="col">Type</th>
          <th scope="col" class="right-align">Masks</th>
          <th scope="col" class="right-align">Regions</th>
          <th scope="col" class="right-align">Share of picture</th>
          <th scope="col" class="right-align">Length, pixels</th>
        </tr>
      </thead>
      <tbody>${rows}</tbody>
    </table>
  </div>`; // prettier-ignore
}

/** A share with two digits, however small. */
function small(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

/**
 * How copies were searched for, with the rate of false matches of each step, and what was not looked at.
 *
 * @param report - the audit
 * @returns two paragraphs and a list
 */
export function comparisonText({ comparison, inputSize, groups }: AuditReport): Html {
  const { pairs, printMatches, samePicture } = comparison;
  const rate = pairs === 0 ? null : (printMatches - samePicture) / pairs;
  const missing: Part[] = [
    'Copies turned by other angles than quarter turns, cropped, or changed in a large part of the picture are not found.',
    'Whether a label is right is told only where the same picture has two: people must look at the rest.',
    inputSize === null
      ? 'Sizes of defects were not judged: no size of the network’s input was given.'
      : `Sizes of defects were judged for an input of ${inputSize[0]}×${inputSize[1]} (height×width).`,
    groups.some(({ role }) => role === null) && 'Some pictures have no role: leaks can be told only between roles.',
  ];
  return html`<p>
      Exact copies are found by the hash of their content. For copies that were saved anew, resized, made a little
      brighter, mirrored or turned by quarter turns, ${counted(pairs, 'pair')} of pictures were compared. The prints of
      ${counted(printMatches, 'pair')} agree; a check of their pixels found ${count(samePicture)} of these to be one
      picture.
      ${rate !== null && html`On this data the print alone would be wrong for <strong>${percent(rate)}</strong> of all pairs.`}
    </p>
    <ul>
      ${missing.map((text) => text !== false && html`<li>${text}</li>`)}
    </ul>`; // prettier-ignore
}
