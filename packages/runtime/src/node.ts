export { openSafetensors } from './safetensors/open.js';
export type { SafetensorsFile } from './safetensors/open.js';
