import type * as tf from '@tensorflow/tfjs';
import { checkGolden } from '../testing/goldenOps.js';
import { l2Normalize } from './l2Normalize.js';

checkGolden(
  'l2Normalize',
  (name) => (x: tf.Tensor) => (name === 'zeros' ? l2Normalize(x, -1, 0.5) : l2Normalize(x, Number(name))),
);
