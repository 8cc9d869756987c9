import { DatasetFormatError } from '@adlib/core';
import { CsvError, parse, type Info } from 'csv-parse/sync';

/** A table read from a CSV file. */
export interface CsvTable {
  /** Names of the columns, in order. */
  readonly columns: readonly string[];
  /** The rows below the heading. */
  readonly rows: readonly CsvRow[];
}

/** One row of a {@link CsvTable}. */
export interface CsvRow {
  /** Line of the file it ends on, counted from 1. */
  readonly line: number;
  /** Text of each column, without white space around it. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Parses a table with a heading: fields between commas, semicolons or tabs (whichever the heading has most of), quoted where
 * needed. Empty lines are left out.
 *
 * @param text - the file's text
 * @param name - the file, for messages
 * @param required - columns that must be there
 * @returns the table
 * @throws DatasetFormatError naming the file if it is empty, a column is missing or named twice, a quote is open, or a row
 *   is longer or shorter than the heading
 */
export function parseCsv(text: string, name: string, required: readonly string[]): CsvTable {
  const fail = (what: string, cause?: unknown): DatasetFormatError =>
    new DatasetFormatError(`${name}: ${what}`, { path: name, cause });
  const heading = text.slice(0, 10_000).split(/\r?\n|\r/, 1)[0]!;
  const count = (delimiter: string): number => heading.split(delimiter).length;
  const delimiter = [',', ';', '\t'].reduce((best, other) => (count(other) > count(best) ? other : best));
  let records: { info: Info; record: string[] }[];
  try {
    const options = { bom: true, delimiter, info: true, skip_empty_lines: true, trim: true, max_record_size: 1e8 };
    records = parse(text, options) as unknown as typeof records;
  } catch (cause) {
    const reason = cause instanceof CsvError ? cause.message.split('\n')[0]! : String(cause);
    throw fail(`is not a CSV table (${reason.slice(0, 200)}). Correct this line.`, cause);
  }
  const columns = records[0]?.record ?? [];
  const missing = required.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    const found = columns.length === 0 ? 'It is empty' : `It has ${columns.slice(0, 10).join(', ').slice(0, 200)}`;
    throw fail(`has no column ${missing.join(', ')}. ${found}; the first line must name the columns.`);
  }
  const seen = new Set<string>();
  const twice = columns.find((column) => seen.size === seen.add(column).size);
  if (twice !== undefined) throw fail(`names the column '${twice.slice(0, 60)}' twice. Rename one of them.`);
  const rows = records.slice(1).map(({ info, record }) => ({
    line: info.lines,
    values: new Map(columns.map((column, i) => [column, record[i]!])),
  }));
  return { columns, rows };
}
