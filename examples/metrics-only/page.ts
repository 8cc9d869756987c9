/** The browser's half of the tool: the same computation on files that the visitor picks; nothing leaves the page. */
import { toMarkdown, type MapWithMask } from '@adlib/metrics';
import { compute, parseScores, type ScoreRow } from './compute.js';
import { readNpy } from './npy.js';

const input = (id: string): HTMLInputElement => document.querySelector<HTMLInputElement>(`#${id}`)!;
const output = document.querySelector<HTMLPreElement>('#output')!;

async function* readMaps(rows: readonly ScoreRow[]): AsyncGenerator<MapWithMask> {
  const byId = (id: string) =>
    new Map([...(input(id).files ?? [])].map((file) => [file.name.replace(/\.npy$/, ''), file]));
  const [maps, masks] = [byId('maps'), byId('masks')];
  const read = async (file: File) => readNpy(new Uint8Array(await file.arrayBuffer()));
  for (const { id, defect } of rows) {
    const [map, mask] = [maps.get(id), masks.get(id)];
    if (map === undefined || (defect !== 'good' && mask === undefined)) continue;
    yield { map: await read(map), mask: mask === undefined ? undefined : await read(mask), group: defect };
  }
}

async function show(): Promise<void> {
  const csv = input('scores').files?.[0];
  if (csv === undefined) throw new Error('Pick a CSV of scores first.');
  const rows = parseScores(await csv.text());
  const limit = input('threshold').value;
  const { image, decision, pixel, perDefect, warnings } = await compute(
    rows,
    readMaps(rows),
    limit === '' ? undefined : Number(limit),
  );
  const { delong, bootstrap, overlap, ...figures } = image;
  const tables: object[][] = [[figures], [delong, bootstrap], [overlap], perDefect];
  if (decision !== undefined) tables.push([decision]);
  if (pixel !== undefined) tables.push([pixel]);
  output.textContent = [...tables.map((table) => toMarkdown(table)), ...warnings].join('\n');
}

document.querySelector('#run')!.addEventListener('click', () => {
  output.textContent = 'Computing ...';
  show().catch((error: unknown) => {
    output.textContent = String(error);
  });
});
