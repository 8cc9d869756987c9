import { assertImage, maxValue, type Image } from '@adlib/core';

/**
 * Checks that two images can be compared pixel by pixel.
 *
 * @param fn - caller, for the message
 * @param image - the image
 * @param reconstruction - what it is compared with
 * @throws TypeError if one is no image, RangeError if their sizes or channels differ
 */
export function assertPair(fn: string, image: Image, reconstruction: Image): void {
  assertImage(fn, 'image', image);
  assertImage(fn, 'reconstruction', reconstruction);
  const a = `${image.height}×${image.width}×${image.channels}`;
  const b = `${reconstruction.height}×${reconstruction.width}×${reconstruction.channels}`;
  if (a !== b) {
    throw new RangeError(
      `${fn}: reconstruction must have the size of image (${a}), got ${b}. Try resizing one of them.`,
    );
  }
}

/**
 * Factor that brings an image's values to the scale 0..1.
 *
 * @param image - the image
 * @returns 1/255, 1/65535 or 1
 */
export function unitScale(image: Image): number {
  return 1 / maxValue(image);
}
