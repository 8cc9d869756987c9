import type * as tf from '@tensorflow/tfjs';
import { checkGolden } from '../testing/goldenOps.js';
import { gelu } from './gelu.js';

checkGolden('gelu', () => (x: tf.Tensor) => gelu(x));
