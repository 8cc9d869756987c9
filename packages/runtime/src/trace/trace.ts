import * as tf from '@tensorflow/tfjs';
import { assertKnownOptions, assertOneOf } from '@adlib/core';
import { kernels } from '../kernels/index.js';
import { toKernelFunc } from '../kernels/kernel.js';
import { unsupported } from '../kernels/unsupported.js';
import type { OnnxModel, OnnxValueInfo } from '../onnx/model.js';
import { TRACE_BACKEND, TraceBackend } from './backend.js';
import { GraphBuilder } from './graphBuilder.js';
import { TraceValue, type TraceDtype } from './value.js';

/** Shape and type of an input of a traced function. */
export interface TensorSpec {
  /** Size of each axis. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: TraceDtype;
}

/** A traced function. */
export interface Trace {
  /** The graph as an ONNX model. */
  readonly model: OnnxModel;
  /** Shape and type of each output, by name. */
  readonly outputs: Readonly<Record<string, TensorSpec>>;
}

/** Options of {@link trace}. */
export interface TraceOptions {
  /** `cpu`: the quickest graph for ONNX Runtime's CPU kernels. `any`: operators that every device has. @defaultValue 'any' */
  target?: 'cpu' | 'any';
}

/** Registers the tracing backend and its kernels with tfjs, once. */
function registerOnce(): TraceBackend {
  if (tf.findBackendFactory(TRACE_BACKEND) == null) {
    tf.registerBackend(TRACE_BACKEND, () => new TraceBackend(), -1);
    for (const [kernelName, fn] of Object.entries(kernels)) {
      tf.registerKernel({ kernelName, backendName: TRACE_BACKEND, kernelFunc: toKernelFunc(fn) });
    }
    for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
      if (kernelName in kernels) continue;
      const kernelFunc = () => {
        throw unsupported(kernelName);
      };
      tf.registerKernel({ kernelName, backendName: TRACE_BACKEND, kernelFunc });
    }
  }
  return tf.findBackend(TRACE_BACKEND) as unknown as TraceBackend;
}

/** Runs `fn` with the tracing backend active; what was active before is active again afterwards, also on a throw. */
function withTraceBackend<T>(fn: (backend: TraceBackend) => T): T {
  void tf.backend(); // makes tfjs choose its own backend first, so that there is one to go back to
  const active = tf.getBackend();
  const backend = registerOnce();
  void tf.setBackend(TRACE_BACKEND);
  try {
    return fn(backend);
  } finally {
    void tf.setBackend(active);
  }
}

/**
 * Runs a function of tensors once on placeholders and records what it does as an ONNX graph. Tensors it captures become
 * constants. Gradients inside `fn` (`tf.grads`, `tf.variableGrads`) are recorded too.
 *
 * @param fn - from named tensors to named tensors; synchronous
 * @param inputs - shape and type of each input
 * @param options - what the graph is for
 * @returns the model and the outputs' shapes
 * @throws UnsupportedOpError for an op that has no graph form, naming it and the caller's line
 */
export function trace(
  fn: (inputs: Record<string, tf.Tensor>) => Readonly<Record<string, tf.Tensor>>,
  inputs: Readonly<Record<string, TensorSpec>>,
  options: TraceOptions = {},
): Trace {
  const { target = 'any' } = options;
  assertKnownOptions('trace', options, ['target']);
  assertOneOf('trace', 'target', target, ['cpu', 'any']);
  const g = new GraphBuilder(target === 'cpu');
  return withTraceBackend((backend) => {
    const previous = backend.use(g);
    try {
      let traced: Trace | undefined;
      tf.tidy(() => {
        const placeholders: Record<string, tf.Tensor> = {};
        for (const [name, { shape, dtype }] of Object.entries(inputs)) {
          g.inputs.push({ name, dtype, shape });
          const info = backend.adopt(new TraceValue(shape, dtype, { plain: name }));
          placeholders[name] = tf.engine().makeTensorFromTensorInfo(info);
        }
        const results = fn(placeholders);
        const specs: Record<string, TensorSpec> = {};
        const outputs = Object.entries(results).map(([name, tensor]): OnnxValueInfo => {
          const value = backend.lookUp(tensor);
          specs[name] = { shape: value.shape, dtype: value.dtype };
          g.nodes.push({ opType: 'Identity', inputs: [g.plain(value)], outputs: [name], attributes: {} });
          return { name, dtype: value.dtype, shape: value.shape };
        });
        traced = { model: toModel(g, outputs), outputs: specs };
      });
      return traced!;
    } finally {
      backend.use(previous);
    }
  });
}

function toModel(g: GraphBuilder, outputs: OnnxValueInfo[]): OnnxModel {
  return {
    irVersion: g.irVersion,
    producerName: '@adlib/runtime',
    producerVersion: '',
    opsets: [...g.opsets].map(([domain, version]) => ({ domain, version })),
    metadata: {},
    graph: { name: 'adlib', nodes: g.nodes, inputs: g.inputs, outputs, initializers: g.initializers },
  };
}
