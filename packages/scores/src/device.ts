export { DeviceNeighbors } from './deviceNeighbors.js';
export type { DeviceNeighborsOptions, NeighborQueryOptions } from './deviceNeighbors.js';
