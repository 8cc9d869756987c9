import packageJson from '../package.json' with { type: 'json' };

/** Version of @adlib; all packages share one. */
export const version: string = packageJson.version;

/**
 * Versions and platform for provenance records.
 *
 * @returns the version of @adlib and, where there is one, of Node
 */
export function versions(): Record<string, string> {
  const node = (globalThis as { process?: { version?: string } }).process?.version;
  return { adlib: version, ...(node === undefined ? {} : { node }) };
}
