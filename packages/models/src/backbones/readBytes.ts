/** What of Node's file system is used here. */
interface FileSystem {
  readonly readFile: (path: string) => Promise<Uint8Array>;
}

/**
 * The bytes of a file.
 *
 * @param fn - caller, for the message
 * @param from - anywhere an `http(s)` address; in Node a path
 * @param signal - cancels what is fetched
 * @returns the bytes
 * @throws Error for an address that answers with an error; the file system's error; the signal's reason when cancelled
 */
export async function readBytes(fn: string, from: string, signal?: AbortSignal): Promise<Uint8Array> {
  if (isAddress(from)) {
    const response = await fetch(from, signal && { signal });
    if (!response.ok) throw new Error(`${fn}: ${from} answered ${response.status} ${response.statusText}.`);
    return new Uint8Array(await response.arrayBuffer());
  }
  // Not a literal, so that bundlers for browsers leave it alone.
  const name = ['node:fs', 'promises'].join('/');
  const { readFile } = (await import(/* @vite-ignore */ name)) as FileSystem;
  return readFile(from);
}

/**
 * Whether a text is an address.
 *
 * @param text - an address or a path
 * @returns true for `http://` and `https://`
 */
export function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text);
}

/**
 * The last part of a path or address.
 *
 * @param from - an address or a path
 * @returns the file's name
 */
export function fileName(from: string): string {
  return from
    .replace(/[?#].*$/, '')
    .split(/[\\/]/)
    .at(-1)!;
}
