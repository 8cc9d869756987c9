import { stat } from 'node:fs/promises';

/**
 * Whether a path is a file.
 *
 * @param path - the path
 * @returns false where there is nothing, or a folder
 */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
