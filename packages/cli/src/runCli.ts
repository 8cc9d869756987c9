import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { addAudit } from './commands/audit.js';
import { addAugment } from './commands/augment.js';
import { addEvaluate } from './commands/evaluate.js';
import { addExport } from './commands/export.js';
import { addModels } from './commands/models.js';
import { addPredict } from './commands/predict.js';
import { addSplit } from './commands/split.js';
import { addTrain } from './commands/train.js';
import type { CommandContext } from './context.js';
import { BAD_INPUT, CANCELLED, failureOf } from './failure.js';
import { progressView } from './progress.js';

const EXAMPLES = `
Examples:
  adlib audit parts/ --html runs/audit.html
  adlib train synthetic:screw --out runs/screw
  adlib evaluate runs/screw synthetic:screw --report runs/screw/report.html
  adlib predict runs/screw camera/0001.png --heatmaps runs/heatmaps
  adlib export runs/screw --onnx screw.onnx

Results go to stdout, progress and warnings to stderr.
Exit codes: 0 done, 1 a fault of this program, 2 bad input or a full or read-only disk, 3 errors found by audit, 130 cancelled.`;

/**
 * Runs the `adlib` command: results to stdout, everything else to stderr. Ctrl-C cancels at the next step and leaves no
 * half-written file; a second one ends the process at once.
 *
 * @param args - the arguments after the command's name
 * @returns the exit code: 0, 1 (a fault of the program), 2 (bad input), 3 (an audit found errors) or 130 (cancelled)
 * @example
 * ```ts
 * import { runCli } from '@adlib/cli';
 * console.log(await runCli(['models'])); // 0
 * ```
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const controller = new AbortController();
  const view = progressView(process.stderr);
  const context: CommandContext = {
    signal: controller.signal,
    view,
    exitCode: 0,
    print: (text) => void process.stdout.write(`${text}\n`),
    tell: (text) => void process.stderr.write(`${text}\n`),
  };
  const cancel = () => {
    if (controller.signal.aborted) process.exit(CANCELLED);
    controller.abort();
    context.tell('\nadlib: stopping; press Ctrl-C again to stop at once');
  };
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  process.stdout.on('error', ignoreClosedPipe);
  try {
    await createProgram(context).parseAsync([...args], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    view.stop();
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_INPUT;
    const { message, exitCode } = failureOf(error);
    context.tell(`adlib: ${message}`);
    return exitCode;
  } finally {
    view.stop();
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
  }
}

/** `adlib predict ... | head` closes stdout early; that is no error. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

function createProgram(context: CommandContext): Command {
  const program = new Command('adlib')
    .description('Visual anomaly detection: learn from images of good parts, then find what is wrong with others.')
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'adlib: ')) })
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES);
  for (const add of [addAudit, addAugment, addSplit, addTrain, addEvaluate, addPredict, addExport, addModels])
    add(program, context);
  return program;
}
