import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSafetensors } from '@adlib/runtime';
import { tinyParts } from '@adlib/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PaDiM } from '../../padim/padim.js';
import { drawnWeights } from '../../testing/drawn.js';
import { sameTensors } from '../../testing/sameTensors.js';
import { loadBackbone } from '../loadBackbone.js';
import { backbones } from '../registry.js';
import { hub } from './hub.js';

const weights = drawnWeights(backbones['resnet18']!.tensors(['stem']));
const content = Buffer.from(
  encodeSafetensors(
    Object.fromEntries(
      Object.entries(weights).map(([name, t]) => [name, { ...t, dtype: 'F32', data: t.data as Float32Array }]),
    ),
  ),
);
const checksum = createHash('sha256').update(content).digest('hex');

let server: Server;
let endpoint: string;
let cacheFolder: string;
/** What the loopback hub was asked, and how it behaves. */
let asked: { url: string; range: string | undefined; token: string | undefined }[];
let behaviour: { content: Buffer; etag: string; breakAfter?: number; needsToken?: boolean };

beforeEach(async () => {
  asked = [];
  behaviour = { content, etag: `"${checksum}"` };
  cacheFolder = await mkdtemp(join(tmpdir(), 'adlib-'));
  server = createServer((request: IncomingMessage, response) => {
    const { range, authorization } = request.headers;
    asked.push({ url: request.url!, range, token: authorization });
    if (behaviour.needsToken && authorization !== 'Bearer hf_secret') return response.writeHead(401).end();
    if (!/^\/owner\/net\/resolve\/(main|v2)\/model\.safetensors$/.test(request.url!)) {
      return response.writeHead(404, { 'X-Error-Code': 'EntryNotFound' }).end();
    }
    const { content: bytes, etag, breakAfter } = behaviour;
    const [from, to] = /bytes=(\d+)-(\d*)/
      .exec(range ?? 'bytes=0-')!
      .slice(1)
      .map((v) => (v === '' ? bytes.length - 1 : Number(v))) as [number, number];
    const part = bytes.subarray(from, to + 1);
    response.writeHead(206, {
      'Content-Range': `bytes ${from}-${to}/${bytes.length}`,
      'Content-Length': part.length,
      ETag: '"of-the-pointer"',
      'X-Linked-ETag': etag,
    });
    if (breakAfter === undefined || part.length < breakAfter) return response.end(part);
    return response.write(part.subarray(0, breakAfter), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const name of ['HF_TOKEN', 'HF_ENDPOINT', 'HF_HUB_OFFLINE', 'ADLIB_CACHE']) vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(cacheFolder, { recursive: true });
});

const fetchIt = (options: object = {}) => hub('owner/net', { endpoint, cacheFolder, ...options });

test('a file is fetched once, and again when the hub has another version', async () => {
  const done: number[] = [];
  const path = await fetchIt({ onProgress: (event: { done: number }) => done.push(event.done) });
  expect((await readFile(path)).equals(content)).toBe(true);
  expect(done.at(-1)).toBe(content.length);
  const before = asked.length;
  expect(await fetchIt()).toBe(path);
  expect(asked.slice(before).map(({ range }) => range)).toEqual(['bytes=0-0']);
  const other = Buffer.from('another');
  behaviour = { content: other, etag: '"another-version"' };
  expect(await fetchIt()).toBe(path);
  expect((await readFile(path)).equals(other)).toBe(true);
  expect(await fetchIt({ revision: 'v2' })).not.toBe(path);
});

test('a download that was broken off goes on where it stopped', async () => {
  behaviour.breakAfter = 20_000;
  await expect(fetchIt()).rejects.toThrow();
  delete behaviour.breakAfter;
  const before = asked.length;
  expect((await readFile(await fetchIt())).equals(content)).toBe(true);
  const [, rest] = asked.slice(before);
  expect(Number(/bytes=(\d+)-/.exec(rest!.range!)![1])).toBeGreaterThan(0);
});

test('content that does not have the checksum is refused and not kept', async () => {
  behaviour.content = Buffer.from(content.toReversed());
  await expect(fetchIt()).rejects.toThrow(new RegExp(`checksum ${checksum}, got`));
  await expect(fetchIt({ offline: true })).rejects.toThrow(/in offline mode/);
  behaviour.content = content;
  expect((await readFile(await fetchIt())).equals(content)).toBe(true);
});

test('a kept file that was changed is fetched again', async () => {
  const path = await fetchIt();
  await writeFile(path, content.toReversed());
  expect((await readFile(await fetchIt())).equals(content)).toBe(true);
});

test('offline, and where the hub cannot be reached, what is kept is used', async () => {
  await expect(fetchIt({ offline: true })).rejects.toThrow(RangeError);
  const path = await fetchIt();
  const before = asked.length;
  vi.stubEnv('HF_HUB_OFFLINE', '1');
  expect(await fetchIt()).toBe(path);
  expect(asked.length).toBe(before);
  vi.stubEnv('HF_HUB_OFFLINE', '0');
  expect(await fetchIt({ endpoint: 'http://127.0.0.1:9' })).toBe(path);
  await expect(fetchIt({ endpoint: 'http://127.0.0.1:9', revision: 'v2' })).rejects.toThrow(TypeError);
});

test('token and mirror come from the environment; the token is not written down', async () => {
  behaviour.needsToken = true;
  await expect(fetchIt()).rejects.toThrow(/401|unauthor/i);
  vi.stubEnv('HF_ENDPOINT', endpoint);
  vi.stubEnv('HF_TOKEN', 'hf_secret');
  vi.stubEnv('ADLIB_CACHE', cacheFolder);
  const path = await hub('owner/net');
  expect(path.startsWith(cacheFolder)).toBe(true);
  expect(asked.at(-1)!.token).toBe('Bearer hf_secret');
  expect(await readFile(`${path}.json`, 'utf8')).not.toContain('hf_secret');
});

test('loadBackbone takes a repository', async () => {
  vi.stubEnv('HF_ENDPOINT', endpoint);
  vi.stubEnv('ADLIB_CACHE', cacheFolder);
  const loaded = await loadBackbone({ backbone: 'resnet18', layers: ['stem'], weights: 'hub:owner/net@v2' });
  const direct = await loadBackbone({ backbone: 'resnet18', layers: ['stem'], weights });
  expect(sameTensors(loaded.parameters, direct.parameters)).toBe(true);
  expect(asked[0]!.url).toContain('/resolve/v2/');
});

test('names that are none, and files that are not there, are refused', async () => {
  for (const name of ['net', 'owner/net/x', '../net', 'owner/..', '']) {
    await expect(hub(name, { endpoint, cacheFolder })).rejects.toThrow(/repository must be owner\/name/);
  }
  await expect(fetchIt({ file: '../../x' })).rejects.toThrow(/file must be a path inside/);
  await expect(fetchIt({ revision: '..' })).rejects.toThrow(/revision must be/);
  await expect(fetchIt({ file: 'other.bin' })).rejects.toThrow(
    /file must be a file of owner\/net at main, got 'other.bin'/,
  );
  await expect(hub(7 as never)).rejects.toThrow(TypeError);
  await expect(stat(join(cacheFolder, 'hub'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('it can be cancelled', async () => {
  vi.stubEnv('HF_ENDPOINT', endpoint);
  vi.stubEnv('ADLIB_CACHE', cacheFolder);
  // Beside it fit of a detector, which tells of the download too.
  const stages: string[] = [];
  const controller = new AbortController();
  const onProgress = ({ stage }: { stage: string }) => {
    stages.push(stage);
    controller.abort();
  };
  const detector = new PaDiM({ weights: 'hub:owner/net', layers: ['layer1'], size: [32, 32] });
  await expect(detector.fit(tinyParts({ count: 2, seed: 1 }), { onProgress, signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' }); // prettier-ignore
  expect(stages).toEqual(['download']);
  await expect(fetchIt({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});
