import { detectors } from '@adlib/models';
import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { table } from '../table.js';

/**
 * Adds `adlib models`.
 *
 * @param program - the command line
 * @param context - where results go
 */
export function addModels(program: Command, context: CommandContext): void {
  program
    .command('models')
    .description('list the detectors that can be trained')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => {
      const rows = Object.entries(detectors).map(([kind, entry]) => {
        const { summary } = entry;
        const detector = entry.create();
        const { options } = detector;
        detector.dispose();
        return { kind, summary, options };
      });
      if (json === true) {
        context.print(JSON.stringify(rows, null, 2));
        return;
      }
      context.print(table(rows.map(({ kind, summary }) => [kind, summary])));
      for (const { kind, options } of rows) {
        context.print(`\noptions of ${kind} and their defaults, to be changed with --option key=value:`);
        context.print(table(Object.entries(options).map(([name, value]) => [`  ${name}`, JSON.stringify(value)])));
      }
    });
}
