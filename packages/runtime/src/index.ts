export { compile } from './compile.js';
export type { Compiled, CompileOptions, HostArgument, HostResult, TensorFunction } from './compile.js';
export { TrainingDivergedError, UnsupportedOpError } from './errors.js';
export { cutOnnx, unknownName } from './onnx/cut.js';
export { decodeOnnx } from './onnx/decode.js';
export { encodeOnnx } from './onnx/encode.js';
export { fromOnnx } from './onnx/fromOnnx.js';
export type { FromOnnxOptions, OnnxRunner } from './onnx/fromOnnx.js';
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
export { upgradeOnnx } from './onnx/upgrade.js';
export { OnnxFormatError } from './onnx/wire.js';
export { toOnnx } from './onnx/toOnnx.js';
export type { ExportedFunction, ToOnnxFunctionOptions } from './onnx/toOnnx.js';
export { adaptiveAvgPool2d } from './ops/adaptiveAvgPool2d.js';
export { adaptiveMaxPool2d } from './ops/adaptiveMaxPool2d.js';
export { batchNormTraining } from './ops/batchNorm.js';
export type { BatchNormResult } from './ops/batchNorm.js';
export { dilatedConv2d } from './ops/dilatedConv2d.js';
export type { DilatedConvOptions } from './ops/dilatedConv2d.js';
export { gelu } from './ops/gelu.js';
export { groupNorm } from './ops/groupNorm.js';
export { l2Normalize } from './ops/l2Normalize.js';
export { layerNorm } from './ops/layerNorm.js';
export { pad } from './ops/pad.js';
export type { PadOptions } from './ops/pad.js';
export { resizeBilinear } from './ops/resizeBilinear.js';
export type { ResizeGeometry } from './ops/resizeMatrix.js';
export { decodeSafetensors } from './safetensors/decode.js';
export { encodeSafetensors } from './safetensors/encode.js';
export { SafetensorsError } from './safetensors/error.js';
export { fromFloat32, toFloat32 } from './safetensors/float16.js';
export type { SafetensorsContent, SafetensorsDtype, SafeTensor, SafeTensorData } from './safetensors/tensor.js';
export { resolveDevice } from './session/device.js';
export type { DeviceChoice, ResolvedDevice } from './session/device.js';
export type { AnyData, GraphTensor } from './session/session.js';
export { hostTensor } from './session/tensor.js';
export type { HostTensor } from './session/tensor.js';
export type { Structure } from './structure.js';
export { callOnnx } from './trace/callOnnx.js';
export type { CalledOutput, CallOnnxOptions } from './trace/callOnnx.js';
export { trace } from './trace/trace.js';
export type { TensorSpec, Trace, TraceOptions } from './trace/trace.js';
export type { TraceDtype } from './trace/value.js';
export { functional } from './train/functional.js';
export type { FunctionalModel } from './train/functional.js';
export type { LossContext, LossFunction, LossResult, NamedTensors } from './train/lossAndGradients.js';
export { adam, adamW, parameterGroups, sgd } from './train/optimizers.js';
export type { AdamOptions, LearningRate, Optimizer, SgdOptions } from './train/optimizers.js';
export { cosineSchedule, stepSchedule } from './train/schedules.js';
export { trainStep, TrainStep } from './train/trainStep.js';
export type { NamedHostTensors, StepResult, TrainStepOptions } from './train/trainStep.js';
