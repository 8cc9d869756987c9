/** What a person gets who installs a package: publint and "are the types wrong" over the packed tarballs. */
import { readFileSync } from 'node:fs';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packAll, type Packed } from './pack.js';
import { inParallel, main, run } from './workspace.js';

await main(async () => {
  const packed = await packAll();
  const problems = (await inParallel(packed, checkPackage)).flat();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return `publint and attw on ${packed.length} tarballs`;
});

async function checkPackage({ manifest, tarball }: Packed): Promise<string[]> {
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({
    level: 'suggestion',
    strict: true,
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
  });
  const problems = messages.map(
    (message) => `${manifest.name}: publint: ${formatMessage(message, pkg) ?? message.code}`,
  );
  const attw = await run('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color', '--format', 'ascii']);
  if (attw.code !== 0) problems.push(`${manifest.name}: attw:\n${attw.output.trim()}`);
  return problems;
}
