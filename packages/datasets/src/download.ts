import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { argumentMessage, assertInteger, assertKnownOptions, type LongCallOptions } from '@adlib/core';
import { makeFolder } from '@adlib/core/node';
import { ask, DownloadError, shown, type Answer, type Validator } from './download/request.js';

/** Options of {@link download}. */
export interface DownloadOptions extends LongCallOptions {
  /** The file to write; folders that are missing are made. */
  to: string;
  /** SHA-256 of the whole file, 64 hex digits. */
  sha256: string;
  /** Name of the licence that you have read and accept for this data, for example `CC BY-NC-SA 4.0`. */
  acceptLicence: string;
  /** Goes on where an earlier download was cut off. @defaultValue true */
  resume?: boolean;
  /** How often in a row it tries again after a cut connection or a server's error, without getting farther. @defaultValue 3 */
  retries?: number;
  /** Milliseconds without a byte after which a connection counts as cut. @defaultValue 30000 */
  idleMs?: number;
}

/** What {@link download} did. */
export interface DownloadResult {
  /** Absolute path of the file. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** Bytes that came over the network in this call; 0 where the file was there. */
  readonly fetched: number;
  /** The licence that was accepted. */
  readonly licence: string;
}

interface Job extends Required<Pick<DownloadOptions, 'retries' | 'idleMs'>> {
  readonly url: URL;
  readonly part: string;
  readonly sha256: string;
  readonly onProgress: DownloadOptions['onProgress'];
  readonly signal: AbortSignal | undefined;
  fetched: number;
  /** Largest position in the file that was reached. */
  farthest: number;
}

/**
 * Downloads one file that you name, if you accept its licence; nothing is ever downloaded otherwise. The file appears only
 * when it is whole and its checksum is right. Until then it is `<to>.part`, with `<to>.part.json` beside it; both stay when
 * the connection is cut or the call is cancelled, and the next call goes on from there, if the server can and the file has
 * not changed meanwhile (ETag or date).
 *
 * Progress has stage `download`, in bytes. Two calls for one file must not run at the same time.
 *
 * @param url - `http:` or `https:`
 * @param options - where to, checksum, licence
 * @returns the file; nothing is fetched where it is there already
 * @throws TypeError or RangeError if an option is not valid or the licence is not accepted; DownloadError if the server
 *   refuses, the connection is cut too often, or the checksum is wrong (then the part is removed); the signal's reason
 * @example
 * ```ts
 * import { download } from '@adlib/datasets/node';
 * import { createServer } from 'node:http';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const server = createServer((_, response) => response.end('abc')).listen(0, '127.0.0.1');
 * await new Promise((resolve) => server.once('listening', resolve));
 * const { port } = server.address() as { port: number };
 * const { bytes } = await download(`http://127.0.0.1:${port}/parts.zip`, {
 *   to: join(await mkdtemp(join(tmpdir(), 'adlib-')), 'parts.zip'),
 *   sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
 *   acceptLicence: 'CC0',
 * });
 * console.log(bytes); // 3
 * server.close();
 * ```
 */
export async function download(url: string | URL, options: DownloadOptions): Promise<DownloadResult> {
  const { to, resume = true, retries = 3, idleMs = 30_000, onProgress, signal } = options;
  const address = assertDownload(url, options);
  const path = resolve(to);
  const sha256 = options.sha256.toLowerCase();
  const done = (bytes: number, fetched: number): DownloadResult => ({
    ...{ path, bytes, fetched },
    licence: options.acceptLicence,
  });
  signal?.throwIfAborted();
  const there = await sizeOf(path);
  if (there !== undefined) {
    if ((await hashUpTo(path, there)).digest('hex') === sha256) return done(there, 0);
    throw new DownloadError(`download: ${path} is there with another content. Move it away, or give another path.`);
  }
  await makeFolder(dirname(path));
  const part = `${path}.part`;
  if (!resume) await forget(part);
  const job: Job = { url: address, part, sha256, retries, idleMs, onProgress, signal, fetched: 0, farthest: 0 };
  const resumed = (await sizeOf(part)) ?? 0;
  let result = await fetchWhole(job);
  if (result.hash !== sha256 && resumed > 0) {
    // What was there before may be of another file: once more from the start.
    await forget(part);
    result = await fetchWhole(job);
  }
  if (result.hash !== sha256) {
    await forget(part);
    throw new DownloadError(
      `download: ${shown(address)} has SHA-256 ${result.hash}, not ${sha256}: it is another file, or was changed on the way. Nothing was kept.`,
    );
  }
  await rename(part, path);
  await forget(part);
  return done(result.bytes, job.fetched);
}

/** Asks until everything is in the part file. */
async function fetchWhole(job: Job): Promise<{ bytes: number; hash: string }> {
  for (let failures = 0; ;) {
    const before = job.farthest;
    try {
      return await fetchOnce(job);
    } catch (error) {
      job.signal?.throwIfAborted();
      if (error instanceof DownloadError && !error.again) throw error;
      failures = job.farthest > before ? 0 : failures + 1;
      if (failures > job.retries) {
        const what = error instanceof Error ? error.message : String(error);
        throw new DownloadError(
          `download: ${shown(job.url)} was given up after ${failures} attempts (${what}). Try again later: it goes on from there.`,
          { cause: error },
        );
      }
      await wait(
        Math.min(100 * 2 ** failures, 5000),
        undefined,
        job.signal === undefined ? {} : { signal: job.signal },
      ).catch(() => job.signal?.throwIfAborted());
    }
  }
}

/** One request, from where the part file ends. */
async function fetchOnce(job: Job): Promise<{ bytes: number; hash: string }> {
  const known = await validatorOf(job.part);
  const from = known === undefined ? 0 : ((await sizeOf(job.part)) ?? 0);
  const answer = await ask(job.url, { from, known, idleMs: job.idleMs, signal: job.signal });
  const start = answer.start;
  const hash = await hashUpTo(job.part, start);
  await writeFile(`${job.part}.json`, JSON.stringify(answer.validator));
  const file = await open(job.part, start === 0 ? 'w' : 'r+');
  try {
    const bytes = await receive(job, answer, file, hash);
    await file.sync();
    return { bytes, hash: hash.digest('hex') };
  } finally {
    answer.stop();
    await file.close();
  }
}

async function receive(job: Job, answer: Answer, file: FileHandle, hash: Hash): Promise<number> {
  const { start, total } = answer;
  const tell = (done: number): void =>
    job.onProgress?.({ stage: 'download', done, ...(total === undefined ? {} : { total }) });
  await file.truncate(start);
  let at = start;
  tell(at);
  for await (const chunk of answer.body) {
    await file.write(chunk, 0, chunk.length, at);
    hash.update(chunk);
    at += chunk.length;
    job.fetched += chunk.length;
    job.farthest = Math.max(job.farthest, at);
    tell(at);
  }
  if (total !== undefined && at !== total)
    throw new DownloadError(`the connection ended after ${at} of ${total} bytes`, { again: true });
  return at;
}

async function validatorOf(part: string): Promise<Validator | undefined> {
  try {
    return JSON.parse(await readFile(`${part}.json`, 'utf8')) as Validator;
  } catch {
    return undefined;
  }
}

async function hashUpTo(path: string, bytes: number): Promise<Hash> {
  const hash = createHash('sha256');
  if (bytes > 0) for await (const chunk of createReadStream(path, { end: bytes - 1 })) hash.update(chunk as Buffer);
  return hash;
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.size,
    () => undefined,
  );
}

async function forget(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(`${part}.json`, { force: true });
}

function assertDownload(url: string | URL, options: DownloadOptions): URL {
  const known = ['to', 'sha256', 'acceptLicence', 'resume', 'retries', 'idleMs', 'onProgress', 'signal'];
  assertKnownOptions('download', options, known);
  const { to, sha256, acceptLicence, resume = true, retries = 3, idleMs = 30_000 } = options;
  const address = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (address === undefined || !['http:', 'https:'].includes(address.protocol)) {
    throw new TypeError(
      argumentMessage('download', 'url', 'an http: or https: address', address === undefined ? url : address.protocol),
    );
  }
  if (address.username !== '' || address.password !== '') {
    throw new TypeError(
      'download: url must not hold a name or password, which would end up in logs. Offer the file without.',
    );
  }
  if (typeof to !== 'string' || to === '')
    throw new TypeError(argumentMessage('download', 'to', 'the path of a file', to));
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new TypeError(
      argumentMessage('download', 'sha256', '64 hex digits', sha256, 'Take it from the page that offers the file.'),
    );
  }
  if (typeof acceptLicence !== 'string' || acceptLicence.trim() === '') {
    throw new TypeError(
      argumentMessage(
        'download',
        'acceptLicence',
        'the name of the licence that you accept',
        acceptLicence,
        'Read it on the page that offers the file.',
      ),
    );
  }
  if (typeof resume !== 'boolean') throw new TypeError(argumentMessage('download', 'resume', 'true or false', resume));
  assertInteger('download', 'retries', retries, 0, 100);
  assertInteger('download', 'idleMs', idleMs, 1);
  return address;
}
