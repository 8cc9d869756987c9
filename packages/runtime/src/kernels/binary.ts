import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceDtype, TraceValue } from '../trace/value.js';
import {
  broadcast,
  castTo,
  kernel,
  operand,
  prefersChannelsFirst,
  type KernelTable,
  type TraceKernel,
} from './kernel.js';

type Emit = (g: GraphBuilder, a: string, b: string, dtype: TraceDtype) => string;

/** Both operands in one order and one type, ready for an ONNX op that broadcasts. */
function operands(g: GraphBuilder, values: readonly TraceValue[]) {
  const shape = values.map((v) => v.shape).reduce(broadcast);
  const first = shape.length === 4 && prefersChannelsFirst(values);
  const dtypes = values.map((v) => v.dtype);
  const dtype: TraceDtype = dtypes.includes('float32') ? 'float32' : dtypes.includes('int32') ? 'int32' : 'bool';
  return {
    shape,
    first,
    dtype,
    names: (to: TraceDtype) => values.map((v) => castTo(g, operand(g, v, shape.length, first), v.dtype, to)),
  };
}

/** Arithmetic of `a` and `b`: the result has their common type; booleans are computed as int32. */
function arithmetic(emit: Emit): TraceKernel {
  return kernel(({ g, inputs }) => {
    const { shape, first, dtype, names } = operands(g, [inputs['a']!, inputs['b']!]);
    const work = dtype === 'bool' ? 'int32' : dtype;
    const [a, b] = names(work);
    return g.value(castTo(g, emit(g, a!, b!, work), work, dtype), shape, dtype, first);
  });
}

/** A comparison or logical op of `a` and `b`, with a boolean result. */
function test(op: string, negate = false, as?: TraceDtype): TraceKernel {
  return kernel(({ g, inputs }) => {
    const { shape, first, dtype, names } = operands(g, [inputs['a']!, inputs['b']!]);
    const [a, b] = names(as ?? (dtype === 'bool' ? 'int32' : dtype));
    const name = g.node(op, [a!, b!]);
    return g.value(negate ? g.node('Not', [name]) : name, shape, 'bool', first);
  });
}

const op =
  (name: string): Emit =>
  (g, a, b) =>
    g.node(name, [a, b]);

/** Rounds a / b down, also for integers (ONNX divides integers toward zero). */
const floorDivide: Emit = (g, a, b, dtype) => {
  const quotient = g.node('Div', [castTo(g, a, dtype, 'float32'), castTo(g, b, dtype, 'float32')]);
  return castTo(g, g.node('Floor', [quotient]), 'float32', dtype);
};

/** Elementwise kernels of two inputs, and `Select`. */
export const binaryKernels: KernelTable = {
  Add: arithmetic(op('Add')),
  Sub: arithmetic(op('Sub')),
  Multiply: arithmetic(op('Mul')),
  RealDiv: arithmetic(op('Div')),
  // int32 whatever the operands are, as in tfjs.
  FloorDiv: kernel(({ g, inputs }) => {
    const { shape, first, dtype, names } = operands(g, [inputs['a']!, inputs['b']!]);
    const [a, b] = names(dtype) as [string, string];
    return g.value(castTo(g, floorDivide(g, a, b, dtype), dtype, 'int32'), shape, 'int32', first);
  }),
  Maximum: arithmetic(op('Max')),
  Minimum: arithmetic(op('Min')),
  Pow: arithmetic((g, a, b, dtype) =>
    castTo(g, g.node('Pow', [castTo(g, a, dtype, 'float32'), castTo(g, b, dtype, 'float32')]), 'float32', dtype),
  ),
  SquaredDifference: arithmetic((g, a, b) => {
    const difference = g.node('Sub', [a, b]);
    return g.node('Mul', [difference, difference]);
  }),
  // The sign of the divisor, as in Python and tfjs: a - floor(a / b) * b.
  Mod: arithmetic((g, a, b, dtype) => g.node('Sub', [a, g.node('Mul', [floorDivide(g, a, b, dtype), b])])),
  Atan2: arithmetic(atan2),
  Prelu: kernel(({ g, inputs }) => {
    const { shape, first, names } = operands(g, [inputs['x']!, inputs['alpha']!]);
    const [x, alpha] = names('float32') as [string, string];
    const name = g.node('Where', [g.node('Less', [x, g.float(0)]), g.node('Mul', [x, alpha]), x]);
    return g.value(name, shape, 'float32', first);
  }),
  // dy where y >= 0, dy (y + 1) elsewhere.
  EluGrad: kernel(({ g, inputs }) => {
    const { shape, first, names } = operands(g, [inputs['dy']!, inputs['y']!]);
    const [dy, y] = names('float32') as [string, string];
    const slope = g.node('Min', [g.node('Add', [y, g.float(1)]), g.float(1)]);
    return g.value(g.node('Mul', [dy, slope]), shape, 'float32', first);
  }),
  Equal: test('Equal'),
  NotEqual: test('Equal', true),
  Greater: test('Greater'),
  GreaterEqual: test('GreaterOrEqual'),
  Less: test('Less'),
  LessEqual: test('LessOrEqual'),
  LogicalAnd: test('And', false, 'bool'),
  LogicalOr: test('Or', false, 'bool'),
  AddN: kernel(({ g, list }) => {
    const { shape, first, dtype, names } = operands(g, list);
    const all = names(dtype);
    return g.value(
      all.length === 1 ? g.node('Identity', all) : all.reduce((a, b) => g.node('Add', [a, b])),
      shape,
      dtype,
      first,
    );
  }),
  Select: kernel(({ g, inputs }) => {
    let condition = inputs['condition']!;
    const t = inputs['t']!;
    const e = inputs['e']!;
    // A condition of rank 1 picks whole rows of higher-rank operands.
    if (condition.shape.length === 1 && t.shape.length > 1) {
      const shape = [condition.shape[0]!, ...new Array<number>(t.shape.length - 1).fill(1)];
      condition = g.value(g.node('Reshape', [g.plain(condition), g.int64(shape)]), shape, condition.dtype);
    }
    const first = t.shape.length === 4 && prefersChannelsFirst([condition, t, e]);
    const [c, a, b] = [condition, t, e].map((v) => operand(g, v, t.shape.length, first));
    const name = g.node('Where', [castTo(g, c!, condition.dtype, 'bool'), a!, castTo(g, b!, e.dtype, t.dtype)]);
    return g.value(name, t.shape, t.dtype, first);
  }),
};

/** atan2 from atan: atan(a/b), shifted by pi with the sign of a where b < 0; axes and origin by hand. */
function atan2(g: GraphBuilder, a: string, b: string): string {
  const zero = g.float(0);
  const angle = g.node('Atan', [g.node('Div', [a, b])]);
  const shift = g.node('Where', [g.node('Less', [a, zero]), g.float(-Math.PI), g.float(Math.PI)]);
  const left = g.node('Where', [g.node('Less', [b, zero]), g.node('Add', [angle, shift]), angle]);
  const vertical = g.node('Mul', [g.node('Sign', [a]), g.float(Math.PI / 2)]);
  return g.node('Where', [g.node('Equal', [b, zero]), vertical, left]);
}
