import { BundleError, DatasetFormatError, UnsupportedDeviceError } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { failureOf, UsageError } from './failure.js';

describe('failureOf', () => {
  test.each([
    new UsageError('there is no folder x.'),
    new DatasetFormatError('mvtec: x has no folder train/good.'),
    new BundleError('loadBundle: weights.safetensors was changed.'),
    new UnsupportedDeviceError('compile: no webgpu here.'),
    new RangeError('meanPlusSigma: good must have 2 or more values, got 1.'),
    new TypeError('ConvAutoencoder: options must only have epochs, got epoch.'),
  ])('$name is bad input: its message, no stack', (error) => {
    expect(failureOf(error)).toEqual({ message: error.message, exitCode: 2 });
  });

  test('what the disk refuses is told with the path', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(failureOf(full)).toEqual({ message: 'write: no space left on the device (ENOSPC)', exitCode: 2 });
    const denied = Object.assign(new Error('EACCES'), { code: 'EACCES', syscall: 'open', path: '/parts/x' });
    expect(failureOf(denied)).toEqual({ message: '/parts/x: permission denied (EACCES)', exitCode: 2 });
  });

  test('cancellation is 130', () => {
    expect(failureOf(AbortSignal.abort().reason)).toEqual({ message: 'cancelled', exitCode: 130 });
  });

  test('anything else is a fault of the program: 1, with the stack', () => {
    const { message, exitCode } = failureOf(new TypeError("Cannot read properties of undefined (reading 'x')"));
    expect(exitCode).toBe(1);
    expect(message).toContain('failure.test.ts');
    expect(failureOf('thrown text')).toEqual({ message: 'thrown text', exitCode: 1 });
  });
});
