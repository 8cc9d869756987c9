import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { argumentMessage, assertKnownOptions, type LongCallOptions } from '@adlib/core';
import { downloadFile, fileDownloadInfo, type FileDownloadInfoOutput } from '@huggingface/hub';
import envPaths from 'env-paths';

/** Options of {@link hub}. */
export interface HubOptions extends LongCallOptions {
  /** The file. @defaultValue 'model.safetensors' */
  file?: string;
  /** Branch, tag or commit; a commit never changes. @defaultValue 'main' */
  revision?: string;
  /** Where files are kept. @defaultValue `ADLIB_CACHE`, else the platform's cache folder */
  cacheFolder?: string;
  /** Whether only what is kept is used. @defaultValue whether `HF_HUB_OFFLINE` is 1 or true */
  offline?: boolean;
  /** Access token, for repositories that need one; never written down. @defaultValue `HF_TOKEN` */
  token?: string;
  /** Address of the hub or of a mirror. @defaultValue `HF_ENDPOINT`, else https://huggingface.co */
  endpoint?: string;
}

/** What is kept beside a file. */
interface Kept {
  /** The hub's mark of this version. */
  etag: string;
  /** Bytes. */
  size: number;
  /** Checksum of the content. */
  sha256: string;
}

const KEYS = ['file', 'revision', 'cacheFolder', 'offline', 'token', 'endpoint', 'onProgress', 'signal'];

/**
 * Fetches a file of a repository on the Hugging Face hub, once: it is kept in the platform's cache folder, its checksum
 * beside it, and fetched again only when the hub has another version. A download that was broken off goes on where it
 * stopped. Where the hub cannot be reached, what is kept is used.
 *
 * @param repository - `owner/name`
 * @param options - file, version, where it is kept, how the hub is reached
 * @returns path of the file
 * @throws RangeError for a name that is none, a file the repository has not, or one not kept in offline mode; Error for a
 *   checksum that is wrong, and the hub's own (401 and 403: a token is missing)
 * @example
 * ```ts
 * import { hub } from '@adlib/models/node';
 * const asked = hub('timm/resnet18.tv_in1k', { offline: true, cacheFolder: 'nowhere' });
 * console.log(await asked.catch((error: Error) => error.message));
 * // hub: timm/resnet18.tv_in1k must be kept in nowhere in offline mode, got no model.safetensors of revision main. ...
 * ```
 */
export async function hub(repository: string, options: HubOptions = {}): Promise<string> {
  const { file = 'model.safetensors', revision = 'main', onProgress, signal } = options;
  assertKnownOptions('hub', options, KEYS);
  const { offline, cacheFolder, token, endpoint } = environment(options);
  assertName('repository', repository, /^[\w.-]+\/[\w.-]+$/, 'owner/name');
  assertName('file', file, /^[\w.-]+(\/[\w.-]+)*$/, 'a path inside the repository');
  assertName('revision', revision, /^[\w./-]+$/, 'a branch, tag or commit');
  const path = join(cacheFolder, 'hub', ...repository.split('/'), ...revision.split('/'), ...file.split('/'));
  const kept = await keptAt(path);
  const asked = { repo: repository, path: file, revision, hubUrl: endpoint, ...(token && { accessToken: token }) };
  if (offline) {
    if (kept !== undefined) return path;
    const hint = 'Fetch it once while online, or give the path of a file.';
    throw new RangeError(
      `hub: ${repository} must be kept in ${cacheFolder} in offline mode, got no ${file} of revision ${revision}. ${hint}`,
    );
  }
  signal?.throwIfAborted();
  const send: typeof fetch = (input, init) => fetch(input, { ...init, ...(signal && { signal }) });
  let info: FileDownloadInfoOutput | null;
  try {
    info = await fileDownloadInfo({ ...asked, fetch: send });
  } catch (error) {
    // fetch rejects with a TypeError where there is no connection.
    if (kept !== undefined && error instanceof TypeError) return path;
    throw error;
  }
  if (info === null)
    throw new RangeError(argumentMessage('hub', 'file', `a file of ${repository} at ${revision}`, file));
  if (kept?.etag === info.etag) return path;
  await download(path, asked, info, { send, onProgress, signal });
  return path;
}

function environment({ offline, cacheFolder, token, endpoint }: HubOptions) {
  const { HF_HUB_OFFLINE, HF_TOKEN, HF_ENDPOINT, ADLIB_CACHE } = process.env;
  return {
    offline: offline ?? /^(1|true|yes|on)$/i.test(HF_HUB_OFFLINE ?? ''),
    cacheFolder: cacheFolder ?? ADLIB_CACHE ?? envPaths('adlib', { suffix: '' }).cache,
    token: token ?? HF_TOKEN,
    endpoint: (endpoint ?? (HF_ENDPOINT || 'https://huggingface.co')).replace(/\/+$/, ''),
  };
}

function assertName(arg: string, value: unknown, form: RegExp, expected: string): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(argumentMessage('hub', arg, expected, value));
  if (!form.test(value) || value.split('/').some((part) => /^\.*$/.test(part))) {
    throw new RangeError(argumentMessage('hub', arg, expected, value));
  }
}

/** What is kept at a path, if its content is what was written. */
async function keptAt(path: string): Promise<Kept | undefined> {
  let kept: Kept;
  try {
    kept = JSON.parse(await readFile(`${path}.json`, 'utf8')) as Kept;
    if ((await stat(path)).size !== kept.size) return undefined;
  } catch {
    return undefined;
  }
  return (await sha256(path)) === kept.sha256 ? kept : undefined;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

interface Sending {
  send: typeof fetch;
  onProgress: LongCallOptions['onProgress'];
  signal: AbortSignal | undefined;
}

/** Downloads to a file named after the version, from where an earlier attempt stopped; then puts it in place. */
async function download(
  path: string,
  asked: Parameters<typeof downloadFile>[0],
  info: FileDownloadInfoOutput,
  { send, onProgress, signal }: Sending,
): Promise<void> {
  const { etag, size } = info;
  const part = `${path}.${createHash('sha256').update(etag).digest('hex').slice(0, 16)}.part`;
  await mkdir(dirname(path), { recursive: true });
  const have = await stat(part).then((found) => (found.size <= size ? found.size : 0), () => 0); // prettier-ignore
  if (have < size) {
    const blob = await downloadFile({ ...asked, downloadInfo: info, fetch: send });
    let done = have;
    const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        done += chunk.length;
        onProgress?.({ stage: 'download', done, total: size });
        yield chunk;
      }
    };
    const stream = blob!.slice(have).stream() as unknown as WebStream<Uint8Array>;
    await pipeline(Readable.fromWeb(stream), counted, createWriteStream(part, { flags: have > 0 ? 'a' : 'w' }), {
      ...(signal && { signal }),
    });
  }
  const found = await sha256(part);
  // Large files: the hub's mark is their checksum.
  const expected = /^"?([0-9a-f]{64})"?$/.exec(etag)?.[1] ?? found;
  const complete = (await stat(part)).size === size;
  if (!complete || found !== expected) {
    await rm(part);
    const what = complete ? `checksum ${expected}, got ${found}` : `${size} bytes, got fewer`;
    throw new Error(`hub: ${asked.path} of ${JSON.stringify(asked.repo)} must have ${what}. Try again.`);
  }
  await rename(part, path);
  await writeFile(`${path}.json`, JSON.stringify({ etag, size, sha256: found } satisfies Kept));
}
