import { join } from 'node:path';
import { mustRun } from '../workspace.js';

/** Uses the installed `adlib` command on one Node. */
export async function useCommand(folder: string, node: string): Promise<void> {
  const adlib = join(folder, 'node_modules', '@adlib', 'cli', 'dist', 'bin.js');
  await mustRun(node, [adlib, '--help'], { cwd: folder });
}
