import { onnxBackbone, tfjsBackbone, type OnnxBackboneOptions } from '@adlib/models';
import { UsageError } from './failure.js';

/** What the command line says of the network that makes the features. */
export interface BackboneArguments {
  /** Name of a network, or the file of one. */
  backbone?: string;
  /** Names of its layers. */
  layers?: readonly string[];
  /** How the file is opened. */
  backboneOption: Record<string, unknown>;
  /** The detector's options; those of the network may be among them. */
  option: Record<string, unknown>;
}

/**
 * The detector's options with the network opened where it is a file.
 *
 * @param given - what the command line says
 * @returns new options
 * @throws UsageError for what is given twice, a file without layers, a damaged file; errors of `onnxBackbone` and
 *   `tfjsBackbone`
 */
export async function withBackbone(given: BackboneArguments): Promise<Record<string, unknown>> {
  const { backboneOption, option } = given;
  for (const name of ['backbone', 'layers'] as const) {
    if (given[name] === undefined || !(name in option)) continue;
    throw new UsageError(`${name} is given twice, as --${name} and as --option ${name}.`);
  }
  const { backbone = option['backbone'], layers = option['layers'] } = given;
  const options = { ...option, ...(backbone !== undefined && { backbone }), ...(layers !== undefined && { layers }) };
  const file = typeof backbone === 'string' ? backbone.replace(/[?#].*$/, '') : '';
  if (typeof backbone !== 'string' || !/\.(onnx|json)$/i.test(file)) {
    const [extra] = Object.keys(backboneOption);
    if (extra === undefined) return options;
    throw new UsageError(`--backbone-option ${extra} is for a file: give --backbone an .onnx file or a model.json.`);
  }
  if (layers === undefined) throw new UsageError(`Name the layers of ${backbone}: --layers first,second.`);
  const size = option['size'];
  const opening = { ...(size !== undefined && { size }), ...backboneOption, layers } as OnnxBackboneOptions;
  const open = /\.json$/i.test(file) ? tfjsBackbone : onnxBackbone;
  try {
    return { ...options, backbone: await open(backbone, opening) };
  } catch (error) {
    // What the file holds is the user's input.
    const inFile = error instanceof Error && ['OnnxFormatError', 'UnsupportedOpError'].includes(error.name);
    throw inFile ? new UsageError(`${backbone}: ${error.message}`) : error;
  }
}

/**
 * Names between commas.
 *
 * @param text - for example `layer2,layer3`
 * @returns the names
 */
export function commaNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
