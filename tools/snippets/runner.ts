/** The process that snippets run in: told one file at a time, it imports the file and says how that went. */
import { pathToFileURL } from 'node:url';

let late: unknown[] = [];
process.on('uncaughtException', (error) => late.push(error));
process.on('unhandledRejection', (error) => late.push(error));

process.on('message', (file: string) => {
  void execute(file).then((problems) => process.send!(problems.length === 0 ? 'ok' : problems.join('\n')));
});

async function execute(file: string): Promise<string[]> {
  late = [];
  try {
    await import(pathToFileURL(file).href);
    // Promises that nobody awaited report on the next turns of the loop.
    await new Promise((resolve) => setTimeout(resolve, 1));
  } catch (error) {
    late.push(error);
  }
  return late.map(describe);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const lines = (error.stack ?? error.message).split('\n').filter((line) => !line.includes('node:internal'));
  return lines.slice(0, 12).join('\n');
}
