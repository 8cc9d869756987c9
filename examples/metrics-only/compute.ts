/** Everything that @adlib/metrics says of a table of scores and, where there are any, anomaly maps. Runs anywhere. */
import {
  auroc,
  averagePrecision,
  bootstrapInterval,
  confusion,
  delongInterval,
  f1Max,
  overlapZone,
  perDefectTable,
  PixelAccumulator,
  sampleWarnings,
  type Confusion,
  type DefectRow,
  type Interval,
  type MapWithMask,
  type OverlapZone,
} from '@adlib/metrics';

/** One line of the table of scores. */
export interface ScoreRow {
  /** Name of the image; maps and masks carry the same name. */
  id: string;
  /** Image score, higher = more anomalous. */
  score: number;
  /** `good`, or the defect type. */
  defect: string;
}

/** What the tool finds. */
export interface Findings {
  /** Over whole images. */
  image: { auroc: number; ap: number; f1Max: number; delong: Interval; bootstrap: Interval; overlap: OverlapZone };
  /** At the threshold that was given. */
  decision: Confusion | undefined;
  /** Over pixels. */
  pixel: { auroc: number; ap: number; f1Max: number; iouMax: number; aupro: number; maps: number } | undefined;
  /** One row per defect type. */
  perDefect: DefectRow[];
  /** What not to believe. */
  warnings: string[];
}

/** Reads `id,score,defect` lines under a header; the order of the columns is free. */
export function parseScores(csv: string): ScoreRow[] {
  const [header = '', ...lines] = csv.trim().split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim());
  const at = (name: string): number => {
    const index = names.indexOf(name);
    if (index < 0) throw new Error(`The CSV needs a column ${name}; it has ${names.join(', ')}.`);
    return index;
  };
  const [id, score, defect] = [at('id'), at('score'), at('defect')];
  return lines.map((line, i) => {
    const cells = line.split(',').map((cell) => cell.trim());
    const value = cells[score] === '' ? NaN : Number(cells[score]);
    if (Number.isNaN(value)) throw new Error(`Line ${i + 2} of the CSV has no number as its score: ${line}`);
    return { id: cells[id] ?? '', score: value, defect: cells[defect] ?? '' };
  });
}

/** Computes every figure; maps are taken one at a time. */
export async function compute(
  rows: readonly ScoreRow[],
  maps: AsyncIterable<MapWithMask> | Iterable<MapWithMask>,
  threshold?: number,
): Promise<Findings> {
  const scores = rows.map((row) => row.score);
  const labels = rows.map((row) => row.defect !== 'good');
  const defective = labels.filter(Boolean).length;
  const pixels = new PixelAccumulator();
  for await (const { map, mask, group } of maps) pixels.add(map, mask, group);
  const count = pixels.counts().maps;
  return {
    image: {
      auroc: auroc(scores, labels),
      ap: averagePrecision(scores, labels),
      f1Max: f1Max(scores, labels).f1,
      delong: delongInterval(scores, labels),
      bootstrap: bootstrapInterval(auroc, scores, labels),
      overlap: overlapZone(scores, labels),
    },
    decision: threshold === undefined ? undefined : confusion(scores, labels, threshold),
    pixel:
      count === 0
        ? undefined
        : {
            auroc: pixels.auroc(),
            ap: pixels.averagePrecision(),
            f1Max: pixels.f1Max().f1,
            iouMax: pixels.iouMax().iou,
            aupro: pixels.aupro(),
            maps: count,
          },
    perDefect: perDefectTable(
      scores,
      rows.map((row) => row.defect),
      { ...(threshold === undefined ? {} : { threshold }), ...(count === 0 ? {} : { pixels }) },
    ),
    warnings: sampleWarnings(rows.length - defective, defective),
  };
}
