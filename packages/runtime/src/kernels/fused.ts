import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceValue } from '../trace/value.js';
import { binaryKernels } from './binary.js';
import { conv2d, depthwiseConv2d } from './conv.js';
import type { ConvAttrs } from './convGeometry.js';
import { kernel, type KernelTable } from './kernel.js';
import { matMul } from './matmul.js';
import { unaryKernels } from './unary.js';
import { unsupported } from './unsupported.js';

interface FusedAttrs {
  activation: string;
  leakyreluAlpha?: number;
}

const activations: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
};

/** Bias and activation after the product, as tfjs's fused kernels define them. */
function finish(
  g: GraphBuilder,
  y: TraceValue,
  inputs: Readonly<Record<string, TraceValue>>,
  attrs: FusedAttrs,
): TraceValue {
  const run = (table: KernelTable, name: string, named: Record<string, TraceValue>) =>
    table[name]!({
      g,
      inputs: named,
      list: Object.values(named),
      attrs: { alpha: attrs.leakyreluAlpha } as never,
    }) as TraceValue;
  const { bias, preluActivationWeights: alpha } = inputs;
  const biased = bias === undefined ? y : run(binaryKernels, 'Add', { a: y, b: bias });
  const { activation } = attrs;
  if (activation === 'linear') return biased;
  if (activation === 'prelu') return run(binaryKernels, 'Prelu', { x: biased, alpha: alpha! });
  const name = activations[activation];
  if (name === undefined) throw unsupported(activation, `the fused activation ${activation}`);
  return run(unaryKernels, name, { x: biased });
}

/** tfjs's fused product + bias + activation kernels, which its layers use. */
export const fusedKernels: KernelTable = {
  _FusedMatMul: kernel<FusedAttrs & { transposeA: boolean; transposeB: boolean }>(({ g, inputs, attrs }) =>
    finish(g, matMul(g, inputs['a']!, inputs['b']!, attrs.transposeA, attrs.transposeB), inputs, attrs),
  ),
  FusedConv2D: kernel<FusedAttrs & ConvAttrs>(({ g, inputs, attrs }) =>
    finish(g, conv2d(g, inputs['x']!, inputs['filter']!, attrs), inputs, attrs),
  ),
  FusedDepthwiseConv2D: kernel<FusedAttrs & ConvAttrs>(({ g, inputs, attrs }) =>
    finish(g, depthwiseConv2d(g, inputs['x']!, inputs['filter']!, attrs), inputs, attrs),
  ),
};
