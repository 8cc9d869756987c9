import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { build } from 'tsup';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const quiet = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']; // prettier-ignore

/** Whether there is a Chromium to test with: Debian's, or the one named by the environment variable `CHROMIUM_PATH`. */
export const hasChromium = existsSync(executablePath);

/**
 * Starts Chromium without windows and without what it would fetch by itself.
 *
 * @param more - more command-line arguments; without any, no graphics processor
 * @returns the browser, which belongs to the caller
 */
export function launchChromium(more: readonly string[] = ['--disable-gpu']): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...quiet, ...more] });
}

/**
 * A module with everything that it imports, packages of this repository from their sources, as one classic script.
 *
 * @param entry - path of the module
 * @returns the script, which leaves the module's exports in the global `adlib`
 */
export async function bundleForPage(entry: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'adlib-bundle-'));
  try {
    await build({
      config: false,
      entry: { bundle: entry },
      ...{ outDir, format: ['iife'], globalName: 'adlib', platform: 'browser', target: 'es2022', silent: true },
      outExtension: () => ({ js: '.js' }),
      noExternal: [/.*/],
      esbuildOptions: (options) => {
        options.conditions = ['@adlib/source'];
      },
    });
    return await readFile(join(outDir, 'bundle.js'), 'utf8');
  } finally {
    await rm(outDir, { recursive: true });
  }
}
