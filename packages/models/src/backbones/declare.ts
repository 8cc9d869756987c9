import type { ConvOptions, Network, PoolOptions, Stage } from './network.js';

/** Tensors of one convolution or batch norm, under torchvision's names. */
export type Part =
  | {
      readonly kind: 'conv';
      /** Name without `.weight`. */
      readonly name: string;
      /** Shape of the weights as torchvision stores them. */
      readonly shape: readonly number[];
      /** Shape of the filter as tfjs wants it, `[height, width, in, out]`. */
      readonly filterShape: readonly [number, number, number, number];
      /** The batch norm that follows. */
      readonly norm: string | undefined;
      readonly bias: boolean;
      readonly depthwise: boolean;
    }
  | { readonly kind: 'norm'; readonly name: string; readonly channels: number };

/** What is known of a value before anything is computed. */
export interface Declared {
  /** Channels. */
  readonly channels: number;
  /** Pixels of the picture per position; undefined for one vector per picture. */
  readonly stride: number | undefined;
}

/** A network that computes nothing and notes the tensors that are needed. */
class Declaration implements Network<Declared> {
  readonly parts: Part[] = [];

  conv(x: Declared, name: string, options: ConvOptions): Declared {
    const { filters, size, stride = 1, depthwise = false, norm, bias = norm === undefined, dense = false } = options;
    const inputs = depthwise ? 1 : x.channels;
    this.parts.push({
      kind: 'conv',
      name,
      shape: dense ? [filters, inputs * size * size] : [filters, inputs, size, size],
      filterShape: depthwise ? [size, size, filters, 1] : [size, size, inputs, filters],
      norm,
      bias,
      depthwise,
    });
    return { channels: filters, stride: x.stride === undefined ? undefined : x.stride * stride };
  }

  normRelu(x: Declared, name: string): Declared {
    this.parts.push({ kind: 'norm', name, channels: x.channels });
    return x;
  }

  maxPool(x: Declared, { stride }: PoolOptions): Declared {
    return { channels: x.channels, stride: x.stride === undefined ? undefined : x.stride * stride };
  }

  avgPool(x: Declared, options: PoolOptions): Declared {
    return this.maxPool(x, options);
  }

  adaptiveAvgPool(x: Declared): Declared {
    return { channels: x.channels, stride: undefined };
  }

  add(a: Declared): Declared {
    return a;
  }

  multiply(a: Declared): Declared {
    return a;
  }

  concat(values: readonly Declared[]): Declared {
    return { ...values[0]!, channels: values.reduce((sum, { channels }) => sum + channels, 0) };
  }

  activate(x: Declared): Declared {
    return x;
  }

  channels(x: Declared): number {
    return x.channels;
  }
}

/** A stage's output and what it takes to compute it from the output of the stage before. */
export interface DeclaredStage extends Declared {
  /** The stage. */
  readonly stage: Stage;
  /** Its tensors. */
  readonly parts: readonly Part[];
}

/**
 * Runs an architecture without numbers.
 *
 * @param stages - in order
 * @returns each stage with its output's channels and stride, and its tensors
 */
export function declare(stages: readonly Stage[]): DeclaredStage[] {
  let x: Declared = { channels: 3, stride: 1 };
  return stages.map((stage) => {
    const net = new Declaration();
    x = stage.build(net, x);
    return { stage, parts: net.parts, ...x };
  });
}
