import { binaryKernels } from './binary.js';
import { convKernels } from './conv.js';
import { fusedKernels } from './fused.js';
import { gatherKernels } from './gather.js';
import type { KernelTable } from './kernel.js';
import { matmulKernels } from './matmul.js';
import { normKernels } from './norm.js';
import { poolKernels } from './pool.js';
import { reduceKernels } from './reduce.js';
import { resizeKernels } from './resize.js';
import { shapeKernels } from './shape.js';
import { unaryKernels } from './unary.js';

/** Every tfjs kernel that can be compiled, by tfjs's name. */
export const kernels: KernelTable = {
  ...unaryKernels,
  ...binaryKernels,
  ...reduceKernels,
  ...matmulKernels,
  ...convKernels,
  ...fusedKernels,
  ...poolKernels,
  ...normKernels,
  ...resizeKernels,
  ...shapeKernels,
  ...gatherKernels,
};
