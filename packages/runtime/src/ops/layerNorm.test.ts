import type * as tf from '@tensorflow/tfjs';
import { checkGolden } from '../testing/goldenOps.js';
import { layerNorm } from './layerNorm.js';

checkGolden('layerNorm', () => (x: tf.Tensor, s: tf.Tensor1D, o: tf.Tensor1D) => layerNorm(x, s, o, 1e-3));
