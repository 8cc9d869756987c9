import type { HostTensor } from '@adlib/runtime';

/** Named tensors that are read one at a time. */
export interface WeightSource {
  /** What it is, for messages: a path, an address, `the bytes`. */
  readonly label: string;
  /** Names of all tensors. */
  readonly names: readonly string[];
  /** Reads one tensor as float32. */
  read(name: string): Promise<HostTensor>;
  /** Frees what is open. */
  close(): Promise<void>;
}
