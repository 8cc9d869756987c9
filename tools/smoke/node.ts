import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../workspace.js';

/** The newest line with long-term support, and the line after it, which gets it next. */
const majors = ['24', '26'];

/**
 * Installs Node's executables without install scripts: npm's `node` package fetches them in a script, from packages
 * named by platform, which are ordinary packages and are installed here by name.
 */
export async function installNode(folder: string): Promise<{ node: string; version: string }[]> {
  const { platform, arch } = process;
  const name = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
  mkdirSync(folder);
  const dependencies = Object.fromEntries(majors.map((major) => [`node-${major}`, `npm:${name}@^${major}.0.0`]));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await mustRun('npm', ['install', ...options], { cwd: folder });
  const found = majors.map(async (major) => {
    const binary = platform === 'win32' ? 'node.exe' : 'node';
    const node = join(folder, 'node_modules', `node-${major}`, 'bin', binary);
    const version = (await mustRun(node, ['--print', 'process.versions.node'])).trim();
    if (!version.startsWith(`${major}.`)) throw new Error(`${name}@^${major}.0.0 is Node ${version}`);
    return { node, version };
  });
  return Promise.all(found);
}
