import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { borderline, synthetic, type Dataset, type SyntheticKind } from '@adlib/datasets';
import { folder, layouts, mvtec, readBorderline, readDataset } from '@adlib/datasets/node';
import { Option, type Command } from 'commander';
import { UsageError } from './failure.js';
import { collectPair } from './optionValues.js';

/** Help text of every `<data>` argument. */
export const DATA_HELP =
  'a folder in the MVTec layout (train/good, test/..., ground_truth/...), a folder with good/ and perhaps defective/ and masks/, a folder of good images, or synthetic:screw or synthetic:weave';

/** How to open a `<data>` argument. */
export interface DataOptions {
  /** Name of its layout, a key of `layouts` of `@adlib/datasets/node`. @defaultValue told from the folder's content */
  layout?: string;
  /** Options of the layout's own function. @defaultValue none */
  layoutOption?: Record<string, unknown>;
  /** File that lists disputed images. @defaultValue none */
  borderline?: string;
}

/**
 * Adds the options that say how to open the data.
 *
 * @param command - a command with a `<data>` argument
 * @returns the command
 */
export function addDataOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--layout <name>', 'layout of the data (default: told from its folders)').choices(
        Object.keys(layouts),
      ),
    )
    .option(
      '--layout-option <key=value>',
      'an option of the layout, for example split=2cls_highshot of visa; may be repeated',
      collectPair,
      {},
    )
    .option(
      '--borderline <file>',
      'CSV or JSON list of disputed images (file, reason): kept out of training and figures, told of apart',
    );
}

/**
 * Opens what a `<data>` argument names.
 *
 * @param data - a folder, or `synthetic:<part>`
 * @param options - its layout with its options, disputed images
 * @returns the data set
 * @throws UsageError if there is no such folder or part, DatasetFormatError if the folder's content is not usable
 */
export async function openData(data: string, options: DataOptions = {}): Promise<Dataset> {
  const dataset = await openLayout(data, options);
  if (options.borderline === undefined) return dataset;
  return borderline(dataset, await readBorderline(options.borderline));
}

async function openLayout(data: string, { layout, layoutOption = {} }: DataOptions): Promise<Dataset> {
  if (layout === undefined && Object.keys(layoutOption).length > 0) {
    throw new UsageError('--layout-option needs --layout <name>: options belong to a layout.');
  }
  if (data.startsWith('synthetic:')) return openSynthetic(data.slice('synthetic:'.length));
  const found = await stat(data).catch(() => undefined);
  const takes = layout === undefined ? 'folder' : layouts[layout]!.takes;
  if (found === undefined) throw new UsageError(`there is no ${takes} ${data}. Check the path.`);
  if (takes === 'folder' && !found.isDirectory()) {
    throw new UsageError(`${data} is a file; the data must be a folder of images.`);
  }
  if (layout !== undefined) return readDataset(layout, data, layoutOption);
  return (await readdir(data)).includes('train') ? mvtec(data) : openFolder(data);
}

async function openFolder(data: string): Promise<Dataset> {
  const names = await readdir(data);
  if (!names.includes('good')) return folder({ good: data });
  return folder({
    good: join(data, 'good'),
    ...(names.includes('defective') ? { defective: join(data, 'defective') } : {}),
    ...(names.includes('masks') ? { masks: join(data, 'masks') } : {}),
  });
}

const parts: readonly SyntheticKind[] = ['screw', 'weave'];

function openSynthetic(part: string): Dataset {
  const kind = parts.find((name) => name === part);
  if (kind === undefined) {
    throw new UsageError(
      `there is no synthetic part '${part}'. Use ${parts.map((name) => `synthetic:${name}`).join(' or ')}.`,
    );
  }
  return synthetic(kind);
}
