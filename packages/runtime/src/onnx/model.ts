import type { OnnxDtype } from './dtype.js';

/** An operator set a model is written against. */
export interface OnnxOpset {
  /** Domain of the operators; `''` is ONNX's own. */
  domain: string;
  /** Version of the set. */
  version: number;
}

/** A whole ONNX model, as plain data: what an `.onnx` file holds. */
export interface OnnxModel {
  /** Version of the file format, for example 10. */
  irVersion: number;
  /** Name of the program that wrote the model; `''` where it is not said. */
  producerName: string;
  /** Version of that program; `''` where it is not said. */
  producerVersion: string;
  /** Operator sets the nodes come from. */
  opsets: OnnxOpset[];
  /** Free texts stored with the model. */
  metadata: Readonly<Record<string, string>>;
  /** What is computed. */
  graph: OnnxGraph;
}

/** A graph of nodes: the model's own, or the body of an `If`, `Loop` or `Scan`. */
export interface OnnxGraph {
  /** Name of the graph; not empty. */
  name: string;
  /** Nodes, each after the nodes whose outputs it reads. */
  nodes: OnnxNode[];
  /** Values the caller passes. */
  inputs: OnnxValueInfo[];
  /** Values the caller gets. */
  outputs: OnnxValueInfo[];
  /** Constants by name. One that is also an input is that input's default. */
  initializers: OnnxTensor[];
  /** Description for people. */
  docString?: string;
}

/** One operation. */
export interface OnnxNode {
  /** Operator, for example `Conv`. */
  opType: string;
  /** Domain of the operator; absent for ONNX's own. */
  domain?: string;
  /** Name of the node, for messages and profiles. */
  name?: string;
  /** Names of the values read; `''` stands for an optional input that is left out. */
  inputs: string[];
  /** Names of the values written; `''` stands for an optional output that nobody reads. */
  outputs: string[];
  /** Attributes by name. */
  attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** An attribute of a node; its one key says which kind it is. Integers beyond 2^53 are `bigint`. */
export type OnnxAttribute =
  | { int: number | bigint }
  | { float: number }
  | { string: string }
  | { tensor: OnnxTensor }
  | { graph: OnnxGraph }
  | { ints: readonly (number | bigint)[] }
  | { floats: readonly number[] }
  | { strings: readonly string[] };

/** Name, element type and shape of an input or output. */
export interface OnnxValueInfo {
  /** Name of the value in its graph. */
  name: string;
  /** Element type. */
  dtype: OnnxDtype;
  /** Size of each axis; a string names a size known only when the graph runs, `''` one without a name. Absent: any rank. */
  shape?: readonly (number | string)[];
}

/** Values of an {@link OnnxTensor}: the typed array of its dtype, or plain numbers, or strings for `string`. */
export type OnnxData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly number[]
  | readonly string[];

/** A constant tensor. */
export interface OnnxTensor {
  /** Name in the graph; `''` for the value of an attribute. */
  name: string;
  /** Element type. */
  dtype: OnnxDtype;
  /** Size of each axis; empty for a scalar. */
  dims: readonly number[];
  /**
   * Row-major values. `int64` takes a BigInt64Array, `bool` a Uint8Array of 0 and 1, `float16` and `bfloat16` a
   * Uint16Array of the raw bits. Every numeric dtype but those two also takes plain numbers.
   */
  data: OnnxData;
}
