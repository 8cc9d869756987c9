/**
 * The names that each package exports, types included, against the record in `surface.json` beside this file: a name
 * that appears or goes is a decision, seen in review. `npm run surface` writes the record anew.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { compilerOptions, main, publicPackages } from './workspace.js';

const record = join(import.meta.dirname, 'surface.json');

await main(async () => {
  const entries = publicPackages().flatMap((one) => one.entries);
  const program = ts.createProgram(
    entries.map(({ source }) => source),
    compilerOptions(),
  );
  const checker = program.getTypeChecker();
  const surface: Record<string, string[]> = {};
  for (const { specifier, source } of entries) {
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(source)!);
    const names = symbol === undefined ? [] : checker.getExportsOfModule(symbol).map(({ name }) => name);
    surface[specifier] = names.sort();
  }
  const count = Object.values(surface).flat().length;
  if (process.argv.includes('--update')) {
    writeFileSync(record, `${JSON.stringify(surface, null, 2)}\n`);
    return Promise.resolve(`${count} exported names written`);
  }
  const recorded = existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as typeof surface) : {};
  const changes = [...new Set([...Object.keys(surface), ...Object.keys(recorded)])].flatMap((specifier) => {
    const now = surface[specifier] ?? [];
    const before = recorded[specifier] ?? [];
    return [
      ...now.filter((name) => !before.includes(name)).map((name) => `+ ${specifier} ${name}`),
      ...before.filter((name) => !now.includes(name)).map((name) => `- ${specifier} ${name}`),
    ];
  });
  if (changes.length > 0) {
    throw new Error(`${changes.join('\n')}\nIf this is meant: npm run surface, and commit tools/surface.json.`);
  }
  return `${count} exported names as recorded`;
});
