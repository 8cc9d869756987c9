import { expect, test } from 'vitest';
import { adam, adamW, sgd } from './optimizers.js';

// What the optimisers compute is compared with PyTorch in trainStep.test.ts.
test('a learning rate may follow the step', () => {
  expect(sgd({ learningRate: (step) => 1 / (step + 1) }).scalars(3)).toEqual({ rate: 0.25 });
  expect(adam({ learningRate: (step) => step }).scalars(0)['scaled']).toBe(0);
});

test('out of range', () => {
  expect(() => sgd({ learningRate: -1 })).toThrow('sgd: learningRate must be');
  expect(() => sgd({ learningRate: 1, momentum: NaN })).toThrow('momentum must be');
  expect(() => adam({ beta1: 1 })).toThrow('adam: beta1 must be');
  expect(() => adamW({ weightDecay: -1 })).toThrow('adamW: weightDecay must be');
});
