/**
 * Everything that must hold before a change is taken, in one command and in order: `npm run check`.
 * Names of steps after `--` run only those: `npm run check -- lint types`.
 */
import { run } from './workspace.js';

interface Step {
  name: string;
  /** What it makes sure of. */
  what: string;
  /** The command. */
  command: readonly [string, ...string[]];
  /** Whether the last line it prints is the one-line result to show. */
  result?: true;
}

const tool = (file: string): [string, ...string[]] => ['tsx', `tools/${file}.ts`];

const steps: Step[] = [
  { name: 'format', what: 'Prettier', command: ['prettier', '--check', '.', '--cache', '--log-level', 'warn'] },
  { name: 'hygiene', what: 'paths, hosts, versions', command: tool('hygiene'), result: true },
  {
    name: 'lint',
    what: 'ESLint',
    command: ['eslint', '.', '--max-warnings=0', '--cache', '--cache-location=node_modules/.cache/eslint/'],
  },
  { name: 'types', what: 'tsc', command: ['tsc', '--noEmit'] },
  { name: 'unused', what: 'knip: files, exports, dependencies', command: ['knip'] },
  { name: 'cycles', what: 'knip: circular imports', command: ['knip', '--cycles'] },
  { name: 'surface', what: 'exported names as recorded', command: tool('surface'), result: true },
  { name: 'tests', what: 'vitest', command: ['vitest', 'run'] },
  { name: 'snippets', what: 'examples in pages and comments', command: tool('snippets'), result: true },
  { name: 'docs', what: 'typedoc: every export documented', command: ['typedoc', '--logLevel', 'Warn'] },
  { name: 'build', what: 'tsup', command: tool('build'), result: true },
  { name: 'size', what: 'size-limit: bytes that a page loads', command: ['size-limit', '--silent'] },
  { name: 'packages', what: 'publint, attw', command: tool('packages'), result: true },
  { name: 'smoke', what: 'installed from tarballs', command: tool('smoke'), result: true },
];

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`check: no step ${unknown.join(', ')}. Steps: ${steps.map(({ name }) => name).join(' ')}`);
  process.exit(2);
}
const skipTests = process.env['ADLIB_CHECK_SKIP_TESTS'] === '1' && !chosen.includes('tests');

let failed = 0;
let passed = 0;
const began = performance.now();
for (const { name, what, command, result } of steps) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  if (name === 'tests' && skipTests) {
    console.log(`skip  ${name.padEnd(9)}          ADLIB_CHECK_SKIP_TESTS=1`);
    continue;
  }
  const start = performance.now();
  const { code, output } = await run(command[0], command.slice(1));
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(8);
  const said = result === true && code === 0 ? (output.trim().split('\n').at(-1) ?? '') : what;
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(9)} ${seconds}  ${said}`);
  if (code === 0) {
    passed++;
  } else {
    failed++;
    console.log(`${output.trim().replaceAll(/^/gm, '      ')}\n      again: npm run check -- ${name}`);
  }
}
console.log(`check took ${((performance.now() - began) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
