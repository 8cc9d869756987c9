import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceDtype } from '../trace/value.js';
import { castTo, kernel, prefersChannelsFirst, sameAs, type KernelTable, type TraceKernel } from './kernel.js';

type Emit<A> = (g: GraphBuilder, x: string, attrs: A, dtype: TraceDtype) => string;

/** An elementwise kernel of one input `x`; keeps whichever memory order the input is in. */
function unary<A>(emit: Emit<A>, out?: TraceDtype): TraceKernel {
  return kernel<A>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const first = prefersChannelsFirst([x]);
    const name = emit(g, g.named(x, first), attrs, x.dtype);
    return g.value(name, x.shape, out ?? x.dtype, first);
  });
}

/** Kernels that are one ONNX op of the same meaning. */
const direct: Readonly<Record<string, string>> = {
  Abs: 'Abs',
  Acos: 'Acos',
  Acosh: 'Acosh',
  Asin: 'Asin',
  Asinh: 'Asinh',
  Atan: 'Atan',
  Atanh: 'Atanh',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Log: 'Log',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Round: 'Round',
  Sigmoid: 'Sigmoid',
  Sign: 'Sign',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
  Tanh: 'Tanh',
};

/** Ops that ONNX defines for floats only, or only some types: other types go through float32. */
function throughFloat(emit: (g: GraphBuilder, x: string) => string): Emit<unknown> {
  return (g, x, _attrs, dtype) => castTo(g, emit(g, castTo(g, x, dtype, 'float32')), 'float32', dtype);
}

const one = (g: GraphBuilder) => g.float(1);

/** Elementwise kernels of one input. */
export const unaryKernels: KernelTable = {
  ...Object.fromEntries(
    Object.entries(direct).map(([name, op]) => [name, unary(throughFloat((g, x) => g.node(op, [x])))]),
  ),
  Expm1: unary(throughFloat((g, x) => g.node('Sub', [g.node('Exp', [x]), one(g)]))),
  Log1p: unary(throughFloat((g, x) => g.node('Log', [g.node('Add', [x, one(g)])]))),
  Rsqrt: unary(throughFloat((g, x) => g.node('Reciprocal', [g.node('Sqrt', [x])]))),
  Square: unary((g, x) => g.node('Mul', [x, x])),
  Relu: unary(throughFloat((g, x) => g.node('Relu', [x]))),
  Relu6: unary(throughFloat((g, x) => g.node('Clip', [x, g.float(0), g.float(6)]))),
  Elu: unary(throughFloat((g, x) => g.node('Elu', [x]))),
  Selu: unary(throughFloat((g, x) => g.node('Selu', [x]))),
  LeakyRelu: unary<{ alpha: number }>((g, x, { alpha }) => g.node('LeakyRelu', [x], { alpha: { float: alpha } })),
  // 1 where x > 0, alpha elsewhere (also for NaN).
  Step: unary<{ alpha: number }>((g, x, { alpha }, dtype) => {
    const positive = g.node('Greater', [castTo(g, x, dtype, 'float32'), g.float(0)]);
    if (alpha === 0) return castTo(g, positive, 'bool', dtype);
    return castTo(g, g.node('Where', [positive, one(g), g.float(alpha)]), 'float32', dtype);
  }),
  ClipByValue: unary<{ clipValueMin: number; clipValueMax: number }>((g, x, attrs, dtype) =>
    g.node('Clip', [x, g.scalar(attrs.clipValueMin, dtype), g.scalar(attrs.clipValueMax, dtype)]),
  ),
  IsNan: unary((g, x, _attrs, dtype) => g.node('IsNaN', [castTo(g, x, dtype, 'float32')]), 'bool'),
  IsInf: unary((g, x, _attrs, dtype) => g.node('IsInf', [castTo(g, x, dtype, 'float32')]), 'bool'),
  IsFinite: unary((g, x, _attrs, dtype) => {
    const value = castTo(g, x, dtype, 'float32');
    return g.node('Not', [g.node('Or', [g.node('IsNaN', [value]), g.node('IsInf', [value])])]);
  }, 'bool'),
  LogicalNot: unary((g, x, _attrs, dtype) => g.node('Not', [castTo(g, x, dtype, 'bool')]), 'bool'),
  Cast: kernel<{ dtype: TraceDtype }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const first = prefersChannelsFirst([x]);
    return g.value(castTo(g, g.named(x, first), x.dtype, attrs.dtype), x.shape, attrs.dtype, first);
  }),
  OnesLike: kernel(({ g, inputs: { x } }) => g.value(g.fill(x!.shape, 1, x!.dtype), x!.shape, x!.dtype)),
  ZerosLike: kernel(({ g, inputs: { x } }) => g.value(g.fill(x!.shape, 0, x!.dtype), x!.shape, x!.dtype)),
  Identity: kernel(({ inputs: { x }, g }) => sameAs(g, x!)),
};
