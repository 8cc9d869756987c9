import { expect, test } from 'vitest';
import { BundleError, DatasetFormatError, DisposedError, NotFittedError, UnsupportedDeviceError } from './errors.js';

test.each([
  [new NotFittedError('A.score'), 'NotFittedError', /^A\.score: .*fit\(images\)/],
  [new DisposedError('A.score'), 'DisposedError', /^A\.score: .*disposed/],
  [new DatasetFormatError('mvtec: no images'), 'DatasetFormatError', /^mvtec: no images$/],
  [new UnsupportedDeviceError('compile: no device'), 'UnsupportedDeviceError', /^compile: no device$/],
  [new BundleError('load: changed'), 'BundleError', /^load: changed$/],
])('%s is an Error that tells its name and place', (error, name, message) => {
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe(name);
  expect(error.constructor.name).toBe(name);
  expect(error.message).toMatch(message);
  expect(String(error)).toBe(`${name}: ${error.message}`);
  expect(error.stack).toContain('errors.test');
  expect('cause' in error).toBe(false);
});

test('a data set error keeps the path and the cause', () => {
  const cause = new Error('ENOENT');
  const error = new DatasetFormatError('folder: cannot read', { path: 'train/good', cause });
  expect(error.path).toBe('train/good');
  expect(error.cause).toBe(cause);
  expect(new DatasetFormatError('folder: cannot read').path).toBeUndefined();
});

test('device and bundle errors take a cause', () => {
  const cause = new Error('dlopen');
  expect(new UnsupportedDeviceError('compile: no device', { cause }).cause).toBe(cause);
  expect(new BundleError('load: changed', { cause }).cause).toBe(cause);
});
