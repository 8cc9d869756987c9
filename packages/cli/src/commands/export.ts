import { writeFileAtomic } from '@adlib/core/node';
import type { Command } from 'commander';
import { openBundle, type CommandContext } from '../context.js';
import { writingFile } from '../output.js';

/**
 * Adds `adlib export`.
 *
 * @param program - the command line
 * @param context - cancellation and where results go
 */
export function addExport(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description('write a detector as one ONNX file: pre-processing, network, anomaly map and score')
    .argument('<bundle>', 'folder that adlib train wrote')
    .requiredOption('--onnx <file>', 'the file to write')
    .action(async (dir: string, { onnx }: { onnx: string }) => {
      const { detector, threshold, description } = await openBundle(dir);
      try {
        await writingFile(onnx, async () => {
          const { training } = description.provenance;
          const metadata = {
            'adlib.weights.sha256': description.weights.sha256,
            'adlib.threshold.rule': threshold.rule,
            ...(training === undefined
              ? {}
              : {
                  'adlib.training.data': training.data,
                  'adlib.training.hash': training.trainHash,
                  'adlib.training.seed': String(training.seed),
                  'adlib.version': training.versions['adlib'] ?? 'unknown',
                }),
          };
          const file = await detector.toOnnx({ threshold: threshold.value, metadata });
          context.signal.throwIfAborted();
          await writeFileAtomic(onnx, file);
          context.print(`${onnx}: ${file.length} bytes, threshold ${threshold.value}`);
        });
      } finally {
        detector.dispose();
      }
    });
}
