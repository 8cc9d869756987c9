import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, root } from '../workspace.js';

/** One piece of example code. */
export interface Snippet {
  /** The page or source it stands in, relative to the root. */
  file: string;
  /** Line of its first line of code in that file, 1-based. */
  line: number;
  /** The code, without comment stars. */
  code: string;
}

/**
 * Every ```ts block of the README, of the pages under docs/ and packages/, and of the doc comments of all sources.
 *
 * @throws Error naming the place, where an example could not be executed: an `@example` without such a block, or
 * code marked as JavaScript
 */
export async function extractSnippets(): Promise<Snippet[]> {
  const listed = await mustRun('git', ['ls-files', '-co', '--exclude-standard', 'README.md', 'docs', 'packages']);
  const files = listed.trim().split('\n').sort();
  const pages = files.filter((file) => file.endsWith('.md'));
  const sources = files.filter((file) => /^packages\/[^/]+\/src\/.*(?<!\.test)\.ts$/.test(file));
  const problems: string[] = [];
  const snippets = [
    ...pages.flatMap((file) => inPage(file, problems)),
    ...sources.flatMap((file) => inSource(file, problems)),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return snippets;
}

function inPage(file: string, problems: string[]): Snippet[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return blocks(file, lines, 0, problems);
}

function inSource(file: string, problems: string[]): Snippet[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].flatMap((comment) => {
    const before = text.slice(0, comment.index).split('\n').length - 1;
    const lines = comment[0].split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
    lines.forEach((line, at) => {
      if (line.startsWith('@example') && !(lines[at + 1] ?? '').startsWith('```ts')) {
        problems.push(`${file}:${before + at + 1}: @example without a \`\`\`ts block on the next line`);
      }
    });
    return blocks(file, lines, before, problems);
  });
}

function blocks(file: string, lines: string[], before: number, problems: string[]): Snippet[] {
  const snippets: Snippet[] = [];
  let fence: { indent: string; language: string; start: number } | undefined;
  lines.forEach((line, at) => {
    const mark = /^(\s*)```\s*(\w*)/.exec(line);
    if (mark === null) return;
    if (fence === undefined) {
      fence = { indent: mark[1]!, language: mark[2]!, start: at + 1 };
      return;
    }
    const { indent, language, start } = fence;
    fence = undefined;
    const where = `${file}:${before + start}`;
    if (/^(js|javascript|mjs|typescript)$/.test(language)) {
      problems.push(`${where}: mark example code as \`\`\`ts, so that it is checked and executed`);
    }
    if (language !== 'ts') return;
    const code = lines.slice(start, at).map((text) => (text.startsWith(indent) ? text.slice(indent.length) : text));
    snippets.push({ file, line: before + start + 1, code: code.join('\n') });
  });
  if (fence !== undefined) problems.push(`${file}:${before + fence.start}: code block without an end`);
  return snippets;
}
