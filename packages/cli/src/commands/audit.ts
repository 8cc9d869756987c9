import { writeFileAtomic } from '@adlib/core/node';
import { audit, auditPictures, type AuditReport, type Finding } from '@adlib/datasets';
import { auditReport } from '@adlib/report';
import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from '../context.js';
import { FOUND, UsageError } from '../failure.js';
import { addDataOptions, DATA_HELP, openData, type DataOptions } from '../openData.js';
import { groupOf, regularExpression } from '../optionValues.js';
import { writingFile } from '../output.js';
import { table } from '../table.js';

interface AuditArguments extends DataOptions {
  html?: string;
  json?: string;
  inputSize?: [number, number];
  group?: RegExp;
}

/**
 * Adds `adlib audit`.
 *
 * @param program - the command line
 * @param context - cancellation, progress, where results go
 */
export function addAudit(program: Command, context: CommandContext): void {
  const command = program
    .command('audit')
    .description('look at every image and mask of a data set for leaks, wrong labels, bad pictures and bad masks')
    .argument('<data>', DATA_HELP)
    .option('--html <file>', 'write what was found as one HTML page with pictures')
    .option('--json <file>', 'write what was found as JSON; - prints it')
    .option(
      '--input-size <size>',
      "side, or height×width, of the network's input: finds defects too small for it",
      readSize,
    )
    .option(
      '--group <pattern>',
      'regular expression on the path of an image; what it finds, or its first group, names the part that is shown',
      regularExpression,
    );
  addDataOptions(command).action((data: string, options: AuditArguments) => runAudit(data, options, context));
}

async function runAudit(data: string, options: AuditArguments, context: CommandContext): Promise<void> {
  const { html, json, inputSize, group } = options;
  const { signal, view } = context;
  const { onProgress } = view;
  const printed = json === '-';
  const file = printed ? undefined : json;
  if (file !== undefined && file === html) throw new UsageError(`--html and --json both name ${file}.`);
  const dataset = await openData(data, options);
  dataset.warnings.forEach((warning) => context.tell(`warning: ${warning}`));
  const report = await writingFile(html, () =>
    writingFile(file, async () => {
      const found = await audit(dataset, {
        signal,
        onProgress,
        ...(inputSize === undefined ? {} : { inputSize }),
        ...(group === undefined ? {} : { group: groupOf(group) }),
      });
      const pictures = html === undefined ? [] : await auditPictures(dataset, found, { signal, onProgress });
      view.stop();
      signal.throwIfAborted();
      if (html !== undefined) await writeFileAtomic(html, auditReport(found, { pictures }));
      if (file !== undefined) await writeFileAtomic(file, `${JSON.stringify(found, null, 1)}\n`);
      return found;
    }),
  );
  for (const path of [html, file]) if (path !== undefined) context.tell(`written: ${path}`);
  context.print(printed ? JSON.stringify(report, null, 1) : summary(report));
  if (report.counts.error > 0) context.exitCode = FOUND;
}

function summary({ dataset, samples, counts, findings, comparison }: AuditReport): string {
  const kinds = new Map<string, Finding[]>();
  for (const one of findings) kinds.set(one.kind, [...(kinds.get(one.kind) ?? []), one]);
  const rows = [...kinds].map(([kind, some]) => {
    const files = [...new Set(some.flatMap((one) => one.files))];
    const names = files.slice(0, 2).join(', ') + (files.length > 2 ? ', ...' : '');
    return [some[0]!.level, kind, String(some.length), String(files.length), names];
  });
  const facts = table([
    ['data', `${dataset}: ${samples} images`],
    ['found', `${counts.error} errors, ${counts.warning} warnings, ${counts.note} notes`],
    ['compared', `${comparison.pairs} pairs, ${comparison.samePicture} of one picture`],
  ]);
  if (rows.length === 0) return facts;
  const first = findings.filter(({ level }) => level === 'error').slice(0, 5);
  const told = first.map(({ message, files, advice }) => `\nerror: ${files.join(', ')}: ${message} ${advice}`).join('');
  return `${facts}\n\n${table(rows, ['level', 'finding', 'count', 'images', 'first'])}${told === '' ? '' : `\n${told}`}`;
}

function readSize(text: string): [number, number] {
  const match = /^(\d{1,5})(?:[x×](\d{1,5}))?$/.exec(text);
  const height = Number(match?.[1]);
  if (!(height >= 1)) throw new InvalidArgumentError('It must be a side like 256, or height×width like 256x320.');
  const width = match![2] === undefined ? height : Number(match![2]);
  if (width < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return [height, width];
}
