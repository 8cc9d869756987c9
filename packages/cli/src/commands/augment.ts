import { randomBytes } from 'node:crypto';
import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { augmentedDataset, augmentRegimes, type AugmentRegime } from '@adlib/datasets';
import { writeMvtec } from '@adlib/datasets/node';
import { Option, type Command } from 'commander';
import type { CommandContext } from '../context.js';
import { UsageError } from '../failure.js';
import { addDataOptions, DATA_HELP, openData, type DataOptions } from '../openData.js';
import { wholeNumber } from '../optionValues.js';
import { writingInto } from '../output.js';
import { table } from '../table.js';

interface AugmentArguments extends DataOptions {
  regime: AugmentRegime;
  copies: number;
  seed: number;
  part: 'train' | 'all';
  out: string;
}

/**
 * Adds `adlib augment`.
 *
 * @param program - the command line
 * @param context - cancellation, progress, where results go
 */
export function addAugment(program: Command, context: CommandContext): void {
  const command = program
    .command('augment')
    .description('write a data set with changed versions of its images and masks, in the MVTec layout')
    .argument('<data>', DATA_HELP)
    .addOption(
      new Option('--regime <regime>', 'mild: light by 5 %; strong: turned, shifted, scaled, mirrored, light by 15 %')
        .choices(Object.keys(augmentRegimes))
        .default('mild'),
    )
    .option('--copies <number>', 'changed versions of each image, beside the image itself', wholeNumber(0, 1000), 1)
    .option('--seed <number>', 'seed of everything random', wholeNumber(0, 0xffffffff), 0)
    .addOption(
      new Option('--part <part>', 'what is changed: the training part, or test images and their masks too')
        .choices(['train', 'all'])
        .default('train'),
    )
    .requiredOption('--out <dir>', 'new or empty folder');
  addDataOptions(command).action((data: string, options: AugmentArguments) => runAugment(data, options, context));
}

async function runAugment(data: string, options: AugmentArguments, context: CommandContext): Promise<void> {
  const { regime, copies, seed, part, out } = options;
  await assertEmpty(out);
  const dataset = await openData(data, options);
  dataset.warnings.forEach((warning) => context.tell(`warning: ${warning}`));
  const open = dataset.samples.find(({ split }) => split === undefined);
  if (open !== undefined) {
    throw new UsageError(
      `${data} does not say what is for training and what for testing (${open.id}): use a layout with train and test.`,
    );
  }
  const augmented = augmentedDataset(dataset, regime, { copies, seed, part });
  const target = resolve(out);
  // Written beside it and renamed, so that a run that is stopped leaves nothing.
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  await writingInto(dirname(target), async () => {
    try {
      await writeMvtec(augmented, temporary, { signal: context.signal, onProgress: context.view.onProgress });
      if (await isThere(target)) await rmdir(target);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
  context.view.stop();
  const masks = augmented.samples.filter((sample) => sample.mask !== undefined).length;
  context.print(
    table([
      ['folder', out],
      ['images', `${augmented.samples.length}, ${augmented.samples.length - dataset.samples.length} of them changed`],
      ['masks', String(masks)],
      ['regime', `${regime}, ${copies} versions, seed ${seed}`],
    ]),
  );
}

async function assertEmpty(out: string): Promise<void> {
  if (!(await isThere(out)) || (await readdir(out)).length === 0) return;
  throw new UsageError(`${out} is not empty. Give a new or empty folder, or remove what is in it.`);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
