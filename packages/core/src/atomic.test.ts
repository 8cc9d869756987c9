import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFolder, writeFileAtomic } from './atomic.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adlib-atomic-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Arguments that run a module in a Node of its own, with {@link writeFileAtomic} in reach. */
const script = (body: string): string[] => ['--input-type=module', '--eval', `${compiled}\n${body}`];
const source = readFileSync(new URL('./atomic.ts', import.meta.url), 'utf8');
const compiled = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext } }).outputText;

describe('writeFileAtomic', () => {
  test('writes text and bytes, and leaves nothing beside the file', async () => {
    await writeFileAtomic(join(folder, 'a.json'), '{"é": 1}');
    await writeFileAtomic(join(folder, 'b.bin'), Uint8Array.of(0, 255, 10));
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('{"é": 1}');
    expect([...readFileSync(join(folder, 'b.bin'))]).toEqual([0, 255, 10]);
    expect(readdirSync(folder).sort()).toEqual(['a.json', 'b.bin']);
  });

  test('replaces what was there, also with nothing', async () => {
    const file = join(folder, 'a');
    await writeFileAtomic(file, 'a longer text');
    await writeFileAtomic(file, '');
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('makes missing folders', async () => {
    const file = join(folder, 'x', 'y', 'a');
    await writeFileAtomic(file, '1');
    expect(readFileSync(file, 'utf8')).toBe('1');
  });

  test('many writers of one file at once: one of them wins whole', async () => {
    const file = join(folder, 'a');
    const contents = Array.from({ length: 20 }, (_, i) => `${i} `.repeat(10_000 + i));
    await Promise.all(contents.map((content) => writeFileAtomic(file, content)));
    expect(contents).toContain(readFileSync(file, 'utf8'));
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('when writing fails, the old content stays and nothing is left', () => {
  test('the target is a folder', async () => {
    await expect(writeFileAtomic(folder, 'x')).rejects.toMatchObject({
      code: expect.stringMatching(/EISDIR|ENOTEMPTY|EPERM|EEXIST/) as string,
    });
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name.includes(folder.slice(-6)) && name.endsWith('.tmp'))).toEqual(
      [],
    );
  });

  test('a part of the path is a file', async () => {
    writeFileSync(join(folder, 'file'), 'old');
    await expect(writeFileAtomic(join(folder, 'file', 'a'), 'x')).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST/) as string,
    });
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
  });

  test.skipIf(process.platform === 'win32')('the folder is not writable', async () => {
    const file = join(folder, 'a');
    writeFileSync(file, 'old');
    chmodSync(folder, 0o555);
    try {
      if (process.getuid?.() === 0) {
        // Root may write anywhere: a process that gives up root may not.
        const body = `process.setgid(65534); process.setuid(65534);
          await writeFileAtomic(${JSON.stringify(file)}, 'new').then(() => console.log('written'), (e) => console.log(e.code));`;
        chmodSync(file, 0o644);
        expect(execFileSync(process.execPath, script(body), { encoding: 'utf8' }).trim()).toBe('EACCES');
      } else {
        await expect(writeFileAtomic(file, 'new')).rejects.toMatchObject({ code: 'EACCES' });
      }
    } finally {
      chmodSync(folder, 0o755);
    }
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test.skipIf(process.platform !== 'linux')('the disk is full', ({ skip }) => {
    const body = `await writeFileAtomic('a', 'old');
      await writeFileAtomic('a', 'x'.repeat(1e6)).then(() => console.log('written'), (e) => console.log(e.code));
      const { readFileSync, readdirSync } = await import('node:fs');
      console.log(readFileSync('a', 'utf8'), readdirSync('.').join());`;
    // A file system of 64 kB in a mount namespace of its own; it goes away with the process.
    const command = 'mount -t tmpfs -o size=64k none "$0" && cd "$0" && exec "$@"';
    let output: string;
    try {
      const args = ['--mount', '--map-root-user', 'sh', '-c', command, folder, process.execPath, ...script(body)];
      output = execFileSync('unshare', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      const { stderr, code } = error as { stderr?: string; code?: string };
      if (code === 'ENOENT' || /unshare|mount/.test(stderr ?? ''))
        skip('this machine does not let a test mount a disk');
      throw error;
    }
    expect(output.trim().split('\n')).toEqual(['ENOSPC', 'old a']);
  });

  test.skipIf(process.platform === 'win32')('the file may not grow so large, seen in the middle of the write', () => {
    const body = `process.on('SIGXFSZ', () => {});
      await writeFileAtomic('a', 'old');
      await writeFileAtomic('a', 'x'.repeat(1e6)).then(() => console.log('written'), (e) => console.log(e.code));
      const { readFileSync, readdirSync } = await import('node:fs');
      console.log(readFileSync('a', 'utf8'), readdirSync('.').join());`;
    const args = ['-c', 'ulimit -f 64 && exec "$@"', 'sh', process.execPath, ...script(body)];
    const output = execFileSync('sh', args, {
      encoding: 'utf8',
      cwd: folder,
    });
    expect(output.trim().split('\n')).toEqual(['EFBIG', 'old a']);
  });
});

describe('makeFolder', () => {
  test('makes what is missing, tells what it made, and is content with what is there', async () => {
    const made = ['x', 'x/y', 'x/y/z'].map((name) => join(folder, name));
    expect(await makeFolder(join(folder, 'x/y/z'))).toEqual(made);
    expect(await makeFolder(join(folder, 'x/y/z'))).toEqual([]);
    expect(await makeFolder(join(folder, 'x/y/w/'))).toEqual([join(folder, 'x/y/w')]);
  });

  test('many at once: each folder is made by one of them', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => makeFolder(join(folder, 'x/y/z'))));
    expect(made.flat().sort()).toEqual(['x', 'x/y', 'x/y/z'].map((name) => join(folder, name)));
  });

  test('a file in the way is named and kept', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'old');
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST', path: file });
    await expect(makeFolder(join(file, 'a/b'))).rejects.toMatchObject({ code: 'EEXIST', path: file });
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  test('what it made is removed when a folder further down cannot be made', async () => {
    await expect(makeFolder(join(folder, 'x/y', 'n'.repeat(5000)))).rejects.toMatchObject({
      code: expect.stringMatching(/ENAMETOOLONG|ENOENT|EINVAL/) as string,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.skipIf(!existsSync('/proc/self'))('ends on file systems that take no folders', async () => {
    const refusal = {
      code: 'ENOENT',
      path: '/proc/adlib',
      message: "ENOENT: the file system takes no new folder in /proc, mkdir '/proc/adlib'",
    };
    await expect(makeFolder('/proc/adlib/deep')).rejects.toMatchObject(refusal);
    await expect(writeFileAtomic('/proc/adlib/deep/a', 'x')).rejects.toMatchObject(refusal);
  });
});

test.skipIf(process.platform === 'win32')(
  'kill -9 in the middle of writes, 20 times: the file is always whole',
  async () => {
    const file = join(folder, 'a');
    const size = 1_000_000;
    const body = `for (let i = 0; ; i++) {
      await writeFileAtomic(${JSON.stringify(file)}, String(i % 10).repeat(${size}));
      if (i === 1) console.log('going');
    }`;
    let inTheMiddle = 0;
    for (let round = 0; round < 20; round++) {
      const child = spawn(process.execPath, script(body), { stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, (round * 7) % 40));
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      const content = readFileSync(file, 'utf8');
      expect(content.length).toBe(size);
      expect(content).toBe(content[0]!.repeat(size));
      const left = readdirSync(folder).filter((name) => name !== 'a');
      expect(left.length).toBeLessThanOrEqual(1);
      inTheMiddle += left.length;
      for (const name of left) rmSync(join(folder, name));
    }
    // The processes do little else than write, so some kills must have hit one half done.
    expect(inTheMiddle).toBeGreaterThanOrEqual(3);
  },
);
