export { makeFolder, writeFileAtomic } from './atomic.js';
