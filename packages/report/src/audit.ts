import { argumentMessage, assertImage, assertKnownOptions } from '@adlib/core';
import type { AuditPicture, AuditReport } from '@adlib/datasets';
import { findingSections, kindsOf, kindsTable } from './audit-findings.js';
import { comparisonText, groupTable, sizeTable } from './audit-tables.js';
import { count, counted } from './format.js';
import { html, raw, type Html } from './html.js';
import { AUDIT_STYLE, STYLE } from './style.js';

/** Options of {@link auditReport}. */
export interface AuditReportOptions {
  /** Small pictures of the samples that findings name, from `auditPictures` of `@adlib/datasets`. @defaultValue none */
  pictures?: readonly AuditPicture[];
  /** Heading of the page. @defaultValue `Data audit: ` and the data set's name */
  title?: string;
}

/**
 * Writes what an audit of a data set found as one HTML page: each kind of finding with what it is, why it matters and what to
 * do, the pictures side by side, then counts by role and defect type, sizes of defects, and how copies were searched for.
 *
 * The page is made as that of {@link renderReport}: no network, no script, text from outside escaped, light and dark, printable.
 *
 * @param report - what `audit` of `@adlib/datasets` found; not modified
 * @param options - pictures, title
 * @returns the page, UTF-8 text without a byte-order mark; the same input gives the same text
 * @throws TypeError if `report` is of another form or an option is unknown, RangeError if a picture is not well-formed
 * @example
 * ```ts
 * import { audit, auditPictures, synthetic } from '@adlib/datasets';
 * import { auditReport } from '@adlib/report';
 * const dataset = synthetic('screw', { good: 10, testGood: 4, defective: 4, size: 64 });
 * const report = await audit(dataset);
 * const page = auditReport(report, { pictures: await auditPictures(dataset, report) });
 * console.log(page.includes('A small test part')); // true
 * ```
 */
export function auditReport(report: AuditReport, options: AuditReportOptions = {}): string {
  assertKnownOptions('auditReport', options, ['pictures', 'title']);
  assertReport(report);
  const { pictures = [], title = `Data audit: ${report.dataset}` } = options;
  pictures.forEach(({ image }, i) => assertImage('auditReport', `pictures[${i}].image`, image));
  const kinds = kindsOf(report.findings);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'" />
<meta name="referrer" content="no-referrer" />
<title>${title}</title>
<link rel="icon" href="data:," />
<style>${raw(STYLE)}${raw(AUDIT_STYLE)}</style>
</head>
<body>
<main>
${overview(report, title)}
<section id="overview"><h2>What was found</h2>${kindsTable(kinds)}</section>
${findingSections(kinds, pictures)}
<section id="data">
<h2>What the data set holds</h2>
<div class="columns"><div>${groupTable(report.groups)}</div><div>${sizeTable(report)}</div></div>
</section>
<section id="limits"><h2>How far this audit goes</h2>${comparisonText(report)}</section>
</main>
</body>
</html>
`; // prettier-ignore
  return page.toString();
}

function assertReport(report: unknown): asserts report is AuditReport {
  const schema = (report as Partial<AuditReport> | null | undefined)?.schema;
  if (schema !== 'adlib.audit/1') {
    const hint = 'Pass what audit() of @adlib/datasets returned.';
    throw new TypeError(argumentMessage('auditReport', 'report.schema', "'adlib.audit/1'", schema ?? report, hint));
  }
}

function overview({ dataset, samples, counts, findings }: AuditReport, title: string): Html {
  const leaks = findings.filter(({ kind }) => ['leak', 'near-leak', 'group-leak'].includes(kind)).length;
  const tile = (name: string, value: number, text: string): Html =>
    html`<div class="tile">
      <p class="name">${name}</p>
      <p class="value">${count(value)}</p>
      <p class="text">${text}</p>
    </div>`;
  return html`<header>
    <h1><bdi>${title}</bdi></h1>
    <p class="lead">
      ${counted(samples, 'picture')} of <strong><bdi>${dataset}</bdi></strong> looked at.
      ${
        counts.error > 0
          ? html`<strong class="wrong">Figures on this data would be wrong</strong> until the errors are put right.`
          : html`<strong>No error was found.</strong> ${counts.warning > 0 && 'The warnings are worth a look.'}`
      }
    </p>
    <div class="tiles">
      ${tile('Errors', counts.error, 'figures would be wrong')} ${tile('Warnings', counts.warning, 'look at them')}
      ${tile('Notes', counts.note, 'good to know')}
      ${tile('Leaks', leaks, 'one picture or part in two roles, among the errors')}
    </div>
  </header>`;
}
