import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { synthetic, type Dataset, type SyntheticKind } from '@adlib/datasets';
import { folder, mvtec } from '@adlib/datasets/node';
import { UsageError } from './failure.js';

/** Help text of every `<data>` argument. */
export const DATA_HELP =
  'a folder in the MVTec layout (train/good, test/..., ground_truth/...), a folder with good/ and perhaps defective/ and masks/, a folder of good images, or synthetic:screw or synthetic:weave';

/**
 * Opens what a `<data>` argument names.
 *
 * @param data - a folder, or `synthetic:<part>`
 * @returns the data set
 * @throws UsageError if there is no such folder or part, DatasetFormatError if the folder's content is not usable
 */
export async function openData(data: string): Promise<Dataset> {
  if (data.startsWith('synthetic:')) return openSynthetic(data.slice('synthetic:'.length));
  const found = await stat(data).catch(() => undefined);
  if (found === undefined) throw new UsageError(`there is no folder ${data}. Check the path.`);
  if (!found.isDirectory()) throw new UsageError(`${data} is a file; the data must be a folder of images.`);
  const names = await readdir(data);
  if (names.includes('train')) return mvtec(data);
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
