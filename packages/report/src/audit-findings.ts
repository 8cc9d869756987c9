import type { AuditPicture, Finding, FindingKind, FindingLevel } from '@adlib/datasets';
import { count, counted } from './format.js';
import { html, type Html, type Part } from './html.js';
import { drawSample, type Pictures } from './pictures.js';
import { COLORMAP } from './heatmap.js';

/** All findings of one kind. */
export interface KindGroup {
  /** The kind. */
  readonly kind: FindingKind;
  /** How grave it is. */
  readonly level: FindingLevel;
  /** The findings, in the order of the report; one or more. */
  readonly findings: readonly Finding[];
}

/** Findings of one kind that are shown with pictures. */
const SHOWN = 6;
/** Pictures of one finding that are shown. */
const SHOTS = 4;
/** Kinds that are about counts: pictures would say nothing. */
const COUNTS: ReadonlySet<FindingKind> = new Set(['mask-missing', 'class-small', 'test-small', 'train-small']);
/** Names of files that are listed openly; more are folded away. */
const OPEN = 8;

/**
 * Findings by kind, in the order of the report.
 *
 * @param findings - the findings
 * @returns one group for each kind
 */
export function kindsOf(findings: readonly Finding[]): KindGroup[] {
  const kinds = new Map<FindingKind, Finding[]>();
  for (const one of findings) kinds.set(one.kind, [...(kinds.get(one.kind) ?? []), one]);
  return [...kinds].map(([kind, some]) => ({ kind, level: some[0]!.level, findings: some }));
}

const WORDS: Readonly<Record<FindingLevel, string>> = { error: 'Error', warning: 'Warning', note: 'Note' };

function badge(level: FindingLevel): Html {
  return html`<span class="badge ${level}">${WORDS[level]}</span>`;
}

function filesOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.flatMap(({ files }) => files))];
}

/**
 * A table of the kinds that were found, each leading to its section.
 *
 * @param kinds - the findings by kind
 * @returns the table, or a sentence where nothing was found
 */
export function kindsTable(kinds: readonly KindGroup[]): Html {
  if (kinds.length === 0) return html`<p class="absent">Nothing: no finding of any kind.</p>`;
  const rows = kinds.map(
    ({ kind, level, findings }) =>
      html`<tr>
        <td>${badge(level)}</td>
        <th scope="row"><a href="#${kind}">${findings[0]!.title}</a></th>
        <td class="number">${count(findings.length)}</td>
        <td class="number">${count(filesOf(findings).length)}</td>
      </tr>`,
  );
  return html`<div class="scroll" role="region" aria-label="Kinds of findings" tabindex="0">
    <table class="kinds">
      <thead>
        <tr>
          <th scope="col">Level</th>
          <th scope="col">What</th>
          <th scope="col" class="right-align">Findings</th>
          <th scope="col" class="right-align">Pictures</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/**
 * One section for each kind: what it is, why it matters, what to do, and the findings with their pictures.
 *
 * @param kinds - the findings by kind
 * @param pictures - small pictures of the samples
 * @returns the sections
 */
export function findingSections(kinds: readonly KindGroup[], pictures: readonly AuditPicture[]): Part {
  const drawn = new Map(
    pictures.map((picture) => [picture.id, drawSample(picture, pictures.length, [0, 1], COLORMAP)]),
  );
  return kinds.map(({ kind, level, findings }) => {
    const { title, why, advice } = findings[0]!;
    const rest = findings.slice(SHOWN);
    return html`<section id="${kind}" class="kind">
      <h2>${badge(level)} ${title}</h2>
      <dl class="advice">
        <div><dt>Why it matters</dt> <dd>${why}</dd></div>
        <div><dt>What to do</dt> <dd>${advice}</dd></div>
      </dl>
      ${findings.slice(0, SHOWN).map((one) => card(one, drawn))}
      ${rest.length > 0 && folded(`${counted(rest.length, 'more finding')} of this kind`, rest.map(({ files, message }) => html`<bdi>${files.join(', ')}</bdi>: ${message}`))}
    </section>`; // prettier-ignore
  });
}

function card({ kind, files, message, usual }: Finding, drawn: ReadonlyMap<string, Pictures>): Html {
  const withMask = kind.startsWith('mask-') || kind === 'defect-small';
  const shown = COUNTS.has(kind) ? [] : files.slice(0, SHOTS);
  const shots = shown.flatMap((id) => {
    const picture = drawn.get(id);
    return picture === undefined ? [] : [shot(id, picture, withMask)];
  });
  const other = usual === undefined ? undefined : drawn.get(usual);
  if (usual !== undefined && other !== undefined && shots.length > 0) shots.push(shot(usual, other, false, true));
  // A picture's caption names it; other files are listed.
  const named = new Set(shown.filter((id) => drawn.has(id)));
  const others = files.filter((id) => !named.has(id));
  return html`<article class="finding">
    <p>${message}</p>
    ${shots.length > 0 && html`<div class="shots">${shots}</div>`} ${fileList(others, named.size > 0)}
  </article>`;
}

function shot(id: string, { width, height, image, mask }: Pictures, withMask: boolean, compare = false): Html {
  const svg = (alt: string, href: string): Html =>
    html`<svg class="picture${Math.max(width, height) < 64 ? ' tiny' : ''}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${alt}">
      <image href="${href}" width="${width}" height="${height}" />
    </svg>`; // prettier-ignore
  return html`<figure class="${compare ? 'compare' : 'shot'}">
    <div class="pair">
      ${svg(`Picture ${id}`, image)} ${withMask && mask !== undefined && svg(`Mask of ${id}, defect in white`, mask)}
    </div>
    <figcaption>${compare && 'To compare, a usual one: '}<bdi>${id}</bdi></figcaption>
  </figure>`;
}

function fileList(files: readonly string[], more: boolean): Part {
  if (files.length === 0) return null;
  const names = files.map((id) => html`<bdi>${id}</bdi>`);
  if (files.length <= OPEN) return html`<ul class="files">${names.map((name) => html`<li>${name}</li>`)}</ul>`; // prettier-ignore
  return folded(counted(files.length, more ? 'more picture' : 'picture'), names);
}

function folded(summary: string, items: readonly Part[]): Html {
  return html`<details>
    <summary>${summary}</summary>
    <ul class="files">
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>
  </details>`;
}
