import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kernels } from './index.js';

const folder = new URL('.', import.meta.url);

test('the page lists exactly the kernels of the table', () => {
  const page = readFileSync(new URL('../../../../docs/runtime.md', folder), 'utf8');
  const list = page.slice(page.indexOf('<!-- kernels -->'), page.indexOf('<!-- /kernels -->'));
  const names = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  const compiled = Object.keys(kernels).filter((name) => !name.startsWith('Adlib'));
  expect(names).toEqual(compiled.sort((a, b) => a.localeCompare(b, 'en')));
});

test('each file with a table of kernels has a test of every kernel in it', () => {
  const tables = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'index.ts')
    .flatMap((name) => {
      const table = /export const (\w+): KernelTable/.exec(readFileSync(new URL(name, folder), 'utf8'))?.[1];
      return table === undefined ? [] : [{ name, table }];
    });
  expect(tables.length).toBeGreaterThan(10);
  const index = readFileSync(new URL('index.ts', folder), 'utf8');
  for (const { name, table } of tables) {
    expect(index, name).toContain(`...${table}`);
    expect(readFileSync(new URL(name.replace('.ts', '.test.ts'), folder), 'utf8'), name).toContain(
      `checkKernels(${table}`,
    );
  }
});
