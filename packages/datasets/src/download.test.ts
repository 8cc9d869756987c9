import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { download, type DownloadOptions } from './download.js';
import { DownloadError } from './download/request.js';

const content = randomBytes(300_000);
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A file server whose faults the tests switch on; it keeps what it was asked. */
const state = {
  content,
  etag: '"v1"' as string | undefined,
  modified: undefined as string | undefined,
  ranges: true,
  /** Connection is cut after so many bytes, for so many requests. */
  cutAfter: Infinity,
  cuts: 0,
  status: 200,
  length: true,
  /** The answer that is cut once the other side has all of it that comes. */
  open: undefined as { response: ServerResponse; end: number } | undefined,
  asked: [] as { range: string | undefined; ifRange: string | undefined }[],
};

function serve(request: IncomingMessage, response: ServerResponse): void {
  const { range, 'if-range': ifRange } = request.headers;
  state.asked.push({ range, ifRange: ifRange as string | undefined });
  if (state.status !== 200) {
    response.writeHead(state.status).end('no');
    return;
  }
  const same = ifRange === undefined || ifRange === state.etag || ifRange === state.modified;
  const from = range !== undefined && state.ranges && same ? Number(/\d+/.exec(range)![0]) : 0;
  if (state.etag !== undefined) response.setHeader('etag', state.etag);
  if (state.modified !== undefined) response.setHeader('last-modified', state.modified);
  if (state.length) response.setHeader('content-length', state.content.length - from);
  if (from > 0)
    response.setHeader('content-range', `bytes ${from}-${state.content.length - 1}/${state.content.length}`);
  response.writeHead(from > 0 ? 206 : 200);
  if (state.cuts > 0) {
    state.cuts--;
    response.flushHeaders();
    if (state.cutAfter > 0) response.write(state.content.subarray(from, from + state.cutAfter));
    state.open = { response, end: from + state.cutAfter };
  } else response.end(state.content.subarray(from));
}

let server: Server;
let url: string;
let dir: string;
beforeEach(async () => {
  Object.assign(state, {
    content,
    etag: '"v1"',
    modified: undefined,
    ranges: true,
    cutAfter: Infinity,
    cuts: 0,
    status: 200,
    length: true,
    asked: [],
    open: undefined,
  });
  server = createServer(serve).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/parts.zip`;
  dir = await mkdtemp(join(tmpdir(), 'adlib-download-'));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const get = (more: Partial<DownloadOptions> = {}) =>
  download(url, {
    ...{ to: join(dir, 'sub', 'parts.zip'), sha256: sha(content), acceptLicence: 'CC0', retries: 0, ...more },
    onProgress: (event) => {
      more.onProgress?.(event);
      if (state.open === undefined || event.done < state.open.end) return;
      state.open.response.destroy();
      state.open = undefined;
    },
  });
const files = () => readdir(join(dir, 'sub')).then((names) => names.sort());
const failure = (promise: Promise<unknown>): Promise<DownloadError> =>
  promise.then(
    () => new DownloadError('it succeeded'),
    (error: unknown) => error as DownloadError,
  );

describe('download', () => {
  test('writes the file, tells its progress, and fetches nothing the second time', async () => {
    const told: [string, number, number | undefined][] = [];
    const result = await get({ onProgress: ({ stage, done, total }) => told.push([stage, done, total]) });
    expect(result).toEqual({ path: join(dir, 'sub', 'parts.zip'), bytes: 300_000, fetched: 300_000, licence: 'CC0' });
    expect(await readFile(result.path)).toEqual(content);
    expect(await files()).toEqual(['parts.zip']);
    expect(told[0]).toEqual(['download', 0, 300_000]);
    expect(told.at(-1)).toEqual(['download', 300_000, 300_000]);
    expect((await get()).fetched).toBe(0);
    expect(state.asked.length).toBe(1);
  });

  test('asks nobody without a licence, a checksum, a path', async () => {
    await expect(get({ acceptLicence: ' ' })).rejects.toThrow(
      'acceptLicence must be the name of the licence that you accept',
    );
    await expect(get({ acceptLicence: true as unknown as string })).rejects.toThrow(TypeError);
    await expect(get({ sha256: 'abc' })).rejects.toThrow('sha256 must be 64 hex digits');
    await expect(get({ to: '' })).rejects.toThrow('to must be the path of a file');
    await expect(get({ licence: 'x' } as object)).rejects.toThrow('got licence');
    await expect(download('file:///etc/hosts', { to: 'x', sha256: sha(content), acceptLicence: 'x' })).rejects.toThrow(
      'an http: or https: address',
    );
    await expect(download('parts', { to: 'x', sha256: sha(content), acceptLicence: 'x' })).rejects.toThrow(TypeError);
    expect(state.asked.length).toBe(0);
  });

  test('a cut connection: the next attempt goes on from there', async () => {
    Object.assign(state, { cuts: 2, cutAfter: 100_000 });
    const result = await get({ retries: 1 });
    expect(sha(await readFile(result.path))).toBe(sha(content));
    expect(result.fetched).toBe(300_000);
    expect(state.asked).toEqual([
      { range: undefined, ifRange: undefined },
      { range: 'bytes=100000-', ifRange: '"v1"' },
      { range: 'bytes=200000-', ifRange: '"v1"' },
    ]);
    expect(await files()).toEqual(['parts.zip']);
  });

  test('given up, then resumed by another call; by date where there is no tag', async () => {
    Object.assign(state, { cuts: 2, cutAfter: 60_000, etag: undefined, modified: 'Sun, 01 Nov 2026 10:00:00 GMT' });
    // The second cut comes before a byte of its own: a request for a range that is cut at once.
    const error = await failure(
      get({
        signal: AbortSignal.timeout(5000),
        retries: 0,
        onProgress: () => (state.cutAfter = 0),
      }),
    );
    expect(error).toBeInstanceOf(DownloadError);
    expect(error.message).toMatch(/was given up after 1 attempts .*Try again later: it goes on from there/);
    expect(await files()).toEqual(['parts.zip.part', 'parts.zip.part.json']);
    const result = await get();
    expect(result.fetched).toBeLessThan(300_000);
    expect(state.asked.at(-1)!.ifRange).toBe('Sun, 01 Nov 2026 10:00:00 GMT');
    expect(await readFile(result.path)).toEqual(content);
  });

  test('a server without ranges, and one whose file has changed: from the start', async () => {
    Object.assign(state, { cuts: 1, cutAfter: 50_000, ranges: false });
    expect((await get()).fetched).toBe(350_000);
    expect(await files()).toEqual(['parts.zip']);

    dir = await mkdtemp(join(tmpdir(), 'adlib-download-'));
    Object.assign(state, { cuts: 1, ranges: true, cutAfter: 50_000, content: randomBytes(300_000), asked: [] });
    const control = new AbortController();
    await failure(
      get({ signal: control.signal, onProgress: ({ done }) => done >= 50_000 && control.abort(new Error('later')) }),
    );
    Object.assign(state, { cuts: 0, etag: '"v2"', content });
    expect((await get()).fetched).toBe(300_000);
    expect(state.asked.at(-1)).toEqual({ range: 'bytes=50000-', ifRange: '"v1"' });
    expect(await readFile(join(dir, 'sub', 'parts.zip'))).toEqual(content);
  });

  test('a part of another file under the same tag is found by the checksum, and fetched anew', async () => {
    const control = new AbortController();
    Object.assign(state, { cuts: 1, cutAfter: 50_000, content: randomBytes(300_000) });
    await failure(get({ signal: control.signal, onProgress: ({ done }) => done >= 50_000 && control.abort() }));
    Object.assign(state, { cuts: 0, content });
    expect((await get()).fetched).toBe(550_000);
    expect(await readFile(join(dir, 'sub', 'parts.zip'))).toEqual(content);
  });

  test('a wrong checksum keeps nothing and says what came', async () => {
    state.content = Buffer.from('another file');
    const error = await failure(get());
    expect(error.message).toContain(`has SHA-256 ${sha(state.content)}, not ${sha(content)}`);
    expect(await files()).toEqual([]);
    // A body cut short without a stated length is found too.
    Object.assign(state, { content: content.subarray(0, 1000), length: false });
    expect((await failure(get())).message).toContain('has SHA-256');
    await writeFile(join(dir, 'sub', 'parts.zip'), 'my own');
    expect((await failure(get())).message).toMatch(/is there with another content. Move it away/);
    expect(await readFile(join(dir, 'sub', 'parts.zip'), 'utf8')).toBe('my own');
  });

  test('404 is told at once, without secrets; 503 is tried again', async () => {
    state.status = 404;
    const to = { to: join(dir, 'x'), sha256: sha(content), acceptLicence: 'CC0' };
    expect((await failure(download(`${url}?token=hidden`, to))).message).toBe(
      `download: ${url} answered 404 Not Found.`,
    );
    const secret = Object.assign(new URL(url), { username: 'me', password: 'hidden' });
    expect((await failure(download(secret, to))).message).toMatch(/^download: url must not hold a name or password/);
    const missing = await failure(get({ retries: 5 }));
    expect([missing.status, missing.message]).toEqual([404, `download: ${url} answered 404 Not Found.`]);
    state.asked = [];
    state.status = 503;
    expect((await failure(get({ retries: 1 }))).message).toContain(
      'given up after 2 attempts (download: ' + url + ' answered 503',
    );
    expect(state.asked.length).toBe(2);
    expect(await files()).toEqual([]);
  });

  test('cancelling: the reason comes at once, the part stays, resume: false throws it away', async () => {
    const control = new AbortController();
    Object.assign(state, { cuts: 1, cutAfter: 70_000 });
    const error = await failure(
      get({
        signal: control.signal,
        retries: 9,
        onProgress: ({ done }) => done >= 70_000 && control.abort(new Error('enough')),
      }),
    );
    expect(error.message).toBe('enough');
    expect((await readFile(join(dir, 'sub', 'parts.zip.part'))).length).toBe(70_000);
    expect((await get({ resume: false })).fetched).toBe(300_000);
    await expect(get({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  test('a silent server is a cut connection', async () => {
    server.removeAllListeners('request');
    server.on('request', (_, response: ServerResponse) =>
      response.writeHead(200, { 'content-length': 10 }).write('abc'),
    );
    const error = await failure(get({ idleMs: 100, retries: 1 }));
    // Three bytes came each time, from the start: that is no progress the second time.
    expect(error.message).toMatch(/given up after [12] attempts .*no byte in 100 ms/);
  });
});
