export type { Dataset, Role, Sample } from './dataset.js';
export { imagesOf } from './images.js';
export type { ImagesOfOptions } from './images.js';
export { assignRoles, roles, samplesByRole } from './roles.js';
export type { AssignRolesOptions, RoleEntry, RoleManifest } from './roles.js';
export { synthetic } from './synthetic.js';
export type { SyntheticKind, SyntheticOptions } from './synthetic.js';
export type { SyntheticDefect } from './synthetic/defects.js';
