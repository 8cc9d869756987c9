/** What no other tool looks at: paths of a machine, registry hosts, leftovers, dead links, package files that drifted apart. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listPackages, main, mustRun, root, run, type Workspace } from './workspace.js';

/** What must not be in any text of the repository. The brackets keep each pattern from matching itself. */
const forbidden: [RegExp, string][] = [
  [/(?<![\w.}\])~-])[/](?:work|root|home|Users|tmp|mnt)[/]\w/, 'path of a machine'],
  [/\b[A-Z]:\\Users\\/, 'path of a machine'],
  [/\b(?:TO[D]O|FIX[M]E|XX[X])\b/, 'note of unfinished work'],
];
const longestSource = 300;
const largestFixture = 200_000;

await main(async () => {
  const files = (await mustRun('git', ['ls-files', '-co', '--exclude-standard'])).trim().split('\n');
  const present = files.filter((file) => existsSync(join(root, file)));
  const packages = listPackages();
  const problems = [
    ...present.flatMap(checkFile),
    ...checkLock(),
    ...(await checkInstall()),
    ...packages.flatMap((one) => checkManifest(one, packages)),
    ...checkRanges(packages),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return `${present.length} files, ${packages.length} packages`;
});

function checkFile(file: string): string[] {
  if (file === 'package-lock.json' || file === 'LICENSE') return [];
  const problems: string[] = [];
  const { size } = statSync(join(root, file));
  if (/(^|\/)fixtures\//.test(file) && size > largestFixture) {
    problems.push(`${file}: ${size} bytes; a fixture has at most ${largestFixture}`);
  }
  const text = readFileSync(join(root, file), 'utf8');
  if (text.includes('\0')) return problems;
  const lines = text.split('\n');
  lines.forEach((line, at) => {
    for (const [, link] of file.endsWith('.md') ? line.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g) : []) {
      const target = join(dirname(join(root, file)), link!);
      if (!existsSync(target)) problems.push(`${file}:${at + 1}: link to ${link!}, which is not there`);
    }
    for (const [pattern, what] of forbidden) {
      const found = pattern.exec(line);
      if (found !== null) problems.push(`${file}:${at + 1}: ${what}: ${found[0]}`);
    }
  });
  if (/^packages\/[^/]+\/src\/.*\.ts$/.test(file) && !file.endsWith('.test.ts') && lines.length > longestSource + 1) {
    problems.push(`${file}: ${lines.length} lines; a source file has at most ${longestSource}`);
  }
  return problems;
}

function checkLock(): string[] {
  const lines = readFileSync(join(root, 'package-lock.json'), 'utf8').split('\n');
  return lines.flatMap((line, at) =>
    /"resolved": "(?!packages\/)/.test(line)
      ? [
          `package-lock.json:${at + 1}: names a registry; keep omit-lockfile-registry-resolved in .npmrc and install again`,
        ]
      : [],
  );
}

/** Whether `npm ci` would take the lock file: it must fit every package.json and name the binaries of all platforms. */
async function checkInstall(): Promise<string[]> {
  const { code, output } = await run('npm', ['ci', '--dry-run', '--offline', '--loglevel=error']);
  return code === 0 ? [] : [`package-lock.json: npm ci would refuse it:\n${output.trim()}`];
}

/** What every package.json must say alike. */
function checkManifest({ folder, manifest, path, entries }: Workspace, packages: Workspace[]): string[] {
  const file = `packages/${folder}/package.json`;
  const problems: string[] = [];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) problems.push(`${file}: ${what}`);
  };
  const rest = manifest as unknown as Record<string, unknown>;
  expect(manifest.name === `@adlib/${folder}`, `name must be @adlib/${folder}`);
  expect(manifest.version === packages[0]!.manifest.version, `version must be ${packages[0]!.manifest.version}`);
  expect(rest['license'] === 'Apache-2.0' && existsSync(join(path, 'LICENSE')), 'needs the licence and its file');
  expect(rest['type'] === 'module', 'type must be module');
  expect((rest['engines'] as { node?: string } | undefined)?.node === '>=20.19', 'engines.node must be >=20.19');
  expect(entries.length > 0, 'exports needs at least "." with an @adlib/source condition');
  for (const entry of entries) expect(existsSync(entry.source), `${entry.specifier} has no source file`);
  for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
    const sibling = packages.find((one) => one.manifest.name === name);
    if (sibling === undefined) continue;
    expect(range === sibling.manifest.version, `${name} must be ${sibling.manifest.version}`);
    expect(sibling.manifest.private !== true || manifest.private === true, `${name} is private`);
  }
  return problems;
}

/** One range per dependency over the whole repository. */
function checkRanges(packages: Workspace[]): string[] {
  const seen = new Map<string, { range: string; file: string }>();
  const rootManifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Workspace['manifest'];
  const manifests = [{ folder: '.', manifest: rootManifest }, ...packages];
  return manifests.flatMap(({ folder, manifest }) => {
    const file = folder === '.' ? 'package.json' : `packages/${folder}/package.json`;
    const all = { ...manifest.devDependencies, ...manifest.dependencies, ...manifest.peerDependencies };
    return Object.entries(all).flatMap(([name, range]) => {
      const first = seen.get(name);
      if (first === undefined) seen.set(name, { range, file });
      return first === undefined || first.range === range
        ? []
        : [`${file}: ${name} is ${range}, but ${first.range} in ${first.file}`];
    });
  });
}
