import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from '../workspace.js';

const makeParts = `
  import { synthetic } from '@adlib/datasets';
  import { writeMvtec } from '@adlib/datasets/node';
  await writeMvtec(synthetic('screw', { good: 16, testGood: 4, defective: 4, size: 64 }), process.argv[1]);`;

/** Uses the installed `adlib` command on one Node: train, evaluate, predict, export, and a mistake. */
export async function useCommand(folder: string, node: string): Promise<void> {
  const adlib = join(folder, 'node_modules', '@adlib', 'cli', 'dist', 'bin.js');
  const place = join(folder, `command-${Date.now()}`);
  const [parts, bundle, onnx, report] = ['parts', 'bundle', 'parts.onnx', 'report.html'].map((name) =>
    join(place, name),
  );
  await mustRun(node, ['--input-type=module', '--eval', makeParts, parts!], { cwd: folder });

  const options = ['--epochs', '1', '--option', 'size=[64,64]', '--seed', '7'];
  await mustRun(node, [adlib, 'train', parts!, '--out', bundle!, ...options], { cwd: folder });
  const evaluated = await mustRun(node, [adlib, 'evaluate', bundle!, parts!, '--json', '--report', report!], {
    cwd: folder,
    stdoutOnly: true,
  });
  const { image, counts } = JSON.parse(evaluated) as { image: { auroc: unknown }; counts: { images: unknown } };
  expect(typeof image.auroc === 'number' && counts.images === 8, `evaluate --json printed ${evaluated}`);
  expect(existsSync(report!), 'evaluate --report wrote no report');

  const predicted = await mustRun(node, [adlib, 'predict', bundle!, join(parts!, 'test', 'good'), '--json'], {
    cwd: folder,
    stdoutOnly: true,
  });
  const predictions = JSON.parse(predicted) as { score: unknown }[];
  const scored = predictions.length === 4 && predictions.every(({ score }) => typeof score === 'number');
  expect(scored, `predict --json printed ${predicted}`);

  await mustRun(node, [adlib, 'export', bundle!, '--onnx', onnx!], { cwd: folder });
  expect(existsSync(onnx!), 'export wrote no file');

  const { code, output } = await run(node, [adlib, 'train', join(place, 'nowhere'), '--out', bundle!], { cwd: folder });
  expect(code === 2 && output.includes('nowhere'), `a missing folder gave exit code ${code} and ${output}`);
}

function expect(holds: boolean, problem: string): void {
  if (!holds) throw new Error(`the installed command: ${problem}`);
}
