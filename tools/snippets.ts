/**
 * Checks the types of every example in pages and doc comments, and runs it against the sources. `npm run snippets -- WORD`
 * takes only the examples of files whose path contains the word.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { executeAll } from './snippets/execute.js';
import { extractSnippets, type Snippet } from './snippets/extract.js';
import { compilerOptions, main, root } from './workspace.js';

const folder = join(root, '.snippets');

await main(async () => {
  const words = process.argv.slice(2);
  const every = await extractSnippets();
  const snippets = every.filter(({ file }) => words.length === 0 || words.some((word) => file.includes(word)));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const files = snippets.map((snippet, at) => {
    const file = join(folder, `${String(at).padStart(4, '0')}.ts`);
    writeFileSync(file, snippet.code);
    return file;
  });
  const problems = checkTypes(files, snippets);
  const results = await executeAll(files, {
    runner: join(root, 'tools', 'snippets', 'runner.ts'),
    node: process.execPath,
    nodeOptions: ['--import', import.meta.resolve('tsx'), '--conditions=@adlib/source'],
    limitMs: 60_000,
  });
  results.forEach((failure, at) => {
    if (failure !== undefined) problems.push(`${place(snippets[at]!)}: ${failure.trim()}`);
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  rmSync(folder, { recursive: true });
  return `${snippets.length} examples from ${new Set(snippets.map(({ file }) => file)).size} files ran`;
});

function place({ file, line }: Snippet): string {
  return `${file}:${line}`;
}

function checkTypes(files: string[], snippets: Snippet[]): string[] {
  const program = ts.createProgram(files, {
    ...compilerOptions(),
    moduleDetection: ts.ModuleDetectionKind.Force,
    noUnusedLocals: false,
  });
  return files.flatMap((file, at) => {
    const source = program.getSourceFile(file)!;
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start, messageText }) => {
      const line = ts.getLineAndCharacterOfPosition(source, start ?? 0).line;
      const snippet = snippets[at]!;
      return `${place({ ...snippet, line: snippet.line + line })}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  });
}
