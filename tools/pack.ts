import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, inParallel, mustRun, publicPackages, type Workspace } from './workspace.js';

/** A package as it would be published. */
export interface Packed extends Workspace {
  /** Absolute path of its tarball. */
  tarball: string;
}

/** Packs every public package (which must be built) into a fresh folder. */
export async function packAll(): Promise<Packed[]> {
  const folder = join(cache, 'packed');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return inParallel(publicPackages(), async (one) => {
    const output = await mustRun('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', folder], {
      cwd: one.path,
      stdoutOnly: true,
    });
    const [packed] = Object.values(JSON.parse(output) as Record<string, { filename: string }>);
    return { ...one, tarball: join(folder, packed!.filename.replace('@', '').replace('/', '-')) };
  });
}
