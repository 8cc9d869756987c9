import type { Image } from '@adlib/core';

/**
 * Hash of a picture that is no file.
 *
 * @param image - the picture
 * @returns SHA-256 of its values' bytes, lower-case hex
 */
export async function hashPixels({ data }: Image): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', data.slice().buffer);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
