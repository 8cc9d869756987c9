export { encodeOnnx } from './onnx/encode.js';
export type {
  OnnxAttribute,
  OnnxData,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxOpset,
  OnnxTensor,
  OnnxValueInfo,
} from './onnx/model.js';
export type { OnnxDtype } from './onnx/dtype.js';
