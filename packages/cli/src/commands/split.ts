import { assignRoles, partial, roles, withNoise, type RoleManifest } from '@adlib/datasets';
import { writeRoles } from '@adlib/datasets/node';
import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { addDataOptions, DATA_HELP, openData, type DataOptions } from '../openData.js';
import { decimal, grouping, regularExpression, wholeNumber } from '../optionValues.js';
import { writingFile } from '../output.js';
import { figureText, table } from '../table.js';

interface SplitArguments extends DataOptions {
  out: string;
  seed: number;
  group?: RegExp;
  partial?: number;
  noise?: number;
}

/**
 * Adds `adlib split`.
 *
 * @param program - the command line
 * @param context - cancellation, progress, where results go
 */
export function addSplit(program: Command, context: CommandContext): void {
  const command = program
    .command('split')
    .description('give every image a role (train, validation, calibration, test) once, and write it down')
    .argument('<data>', DATA_HELP)
    .requiredOption('--out <file>', 'the manifest, JSON with the hash of every image; an older one is replaced')
    .option('--seed <number>', 'seed of everything random', wholeNumber(0, 0xffffffff), 0)
    .option(
      '--group <pattern>',
      'regular expression on the path of an image; what it finds, or its first group, names the part: all images of a part get one role',
      regularExpression,
    )
    .option(
      '--partial <share>',
      'share of defective images outside the test part, 0 to 0.999: they calibrate the threshold, more are left out',
      decimal,
    )
    .option(
      '--noise <level>',
      'share of defective images mixed into those to learn from, as if nobody had noticed, 0 to 0.5',
      decimal,
    );
  addDataOptions(command).action((data: string, options: SplitArguments) => runSplit(data, options, context));
}

async function runSplit(data: string, options: SplitArguments, context: CommandContext): Promise<void> {
  const { out, seed, group, partial: share, noise } = options;
  const dataset = await openData(data, options);
  dataset.warnings.forEach((warning) => context.tell(`warning: ${warning}`));
  let manifest = await assignRoles(dataset, { seed, ...grouping(group) });
  if (share !== undefined) manifest = partial(manifest, share, { seed });
  if (noise !== undefined) manifest = withNoise(manifest, noise, { seed });
  context.signal.throwIfAborted();
  await writingFile(out, () => writeRoles(out, manifest));
  context.print(summary(out, manifest));
}

function summary(out: string, { samples, leftOut = [], changes = [] }: RoleManifest): string {
  const facts = table([
    ['manifest', out],
    ...changes.map(({ by, share, defective, total }) => [
      by === 'partial' ? 'partial' : 'noise',
      `${figureText(share)} asked for: ${defective} of ${total} images ${by === 'partial' ? 'outside the test part' : 'to learn from'} are defective`,
    ]),
    ['left out', `${leftOut.length} images`],
  ]);
  const rows = roles.map((role) => {
    const ofRole = samples.filter((entry) => entry.role === role);
    const defective = ofRole.filter(({ label }) => label === 'defective').length;
    return [role, String(ofRole.length - defective), String(defective)];
  });
  return `${facts}\n\n${table(rows, ['role', 'good', 'defective'])}`;
}
