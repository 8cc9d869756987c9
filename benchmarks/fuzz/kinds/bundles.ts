import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { materialise, type FuzzKind } from './kind.js';

/**
 * Saved detectors: description and weights, as they are and sealed anew after the change.
 *
 * @returns the kinds by name
 */
export async function bundleKinds(): Promise<Readonly<Record<string, FuzzKind>>> {
  const { createHash } = await import('node:crypto');
  const { ConvAutoencoder, createDetector } = await import('@adlib/models');
  const { loadBundle, saveBundle } = await import('@adlib/pipeline/node');
  const { decodeSafetensors } = await import('@adlib/runtime');
  const { openSafetensors } = await import('@adlib/runtime/node');
  const dir = await materialise({});
  const detector = new ConvAutoencoder({ size: [16, 16], widths: [2, 4], epochs: 1 });
  const plain = { data: new Uint8Array(256).fill(90), width: 16, height: 16, channels: 1 } as const;
  await detector.fit([plain, plain, plain, plain]);
  await saveBundle(dir, { detector });
  detector.dispose();
  const [description, weights] = await Promise.all(
    ['detector.json', 'weights.safetensors'].map((name) => readFile(join(dir, name))),
  );
  const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
  const load = async (at: string): Promise<void> => {
    const bundle = await loadBundle(at, createDetector);
    bundle.detector.dispose();
  };
  /** Makes the hashes right again, so that the readers behind the check are reached. */
  const sealed = async (at: string): Promise<void> => {
    try {
      const content = JSON.parse(await readFile(join(at, 'detector.json'), 'utf8')) as Record<string, unknown>;
      delete content['digest'];
      const own = await readFile(join(at, 'weights.safetensors'));
      if (content['weights'] !== null && typeof content['weights'] === 'object') {
        Object.assign(content['weights'], { sha256: sha256(own), bytes: own.length });
      }
      const sealedText = JSON.stringify({ ...content, digest: sha256(JSON.stringify(content)) });
      await writeFile(join(at, 'detector.json'), sealedText);
    } catch {
      // No JSON any more: there is nothing to seal.
    }
    await load(at);
  };
  const tensors = async (at: string): Promise<void> => {
    const file = await openSafetensors(join(at, 'w.safetensors'));
    try {
      for (const name of file.names) await file.read(name);
    } finally {
      await file.close();
    }
    decodeSafetensors(await readFile(join(at, 'w.safetensors')));
  };
  const both = { 'detector.json': description!, 'weights.safetensors': weights! };
  const kind = (form: FuzzKind['form'], target: keyof typeof both, read: FuzzKind['read']): FuzzKind => ({
    ...{ form, target, files: both, seeds: [both[target]] },
    read,
  });
  return {
    'bundle description': kind('json', 'detector.json', load),
    'bundle weights': kind('binary', 'weights.safetensors', load),
    'sealed description': kind('json', 'detector.json', sealed),
    'sealed weights': kind('binary', 'weights.safetensors', sealed),
    safetensors: { form: 'binary', target: 'w.safetensors', seeds: [weights!], files: {}, read: tensors },
  };
}
