import { existsSync, readdirSync } from 'node:fs';

const folders = readdirSync('packages').filter((name) => name !== 'testing');

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: '@adlib',
  entryPoints: folders
    .flatMap((name) => ['index', 'node', 'device'].map((entry) => `packages/${name}/src/${entry}.ts`))
    .filter((file) => existsSync(file)),
  tsconfig: 'tsconfig.json',
  skipErrorChecking: true,
  out: 'docs/api',
  readme: 'none',
  githubPages: false,
  disableSources: true,
  excludePrivate: true,
  excludeInternal: true,
  // Fields of interfaces are seen to by ESLint, which does not ask it of types written inside another type.
  requiredToBeDocumented: ['Enum', 'EnumMember', 'Variable', 'Function', 'Class', 'Interface', 'Method', 'TypeAlias'],
  // Without this list only the root package's own symbols would be checked, and it has none.
  packagesRequiringDocumentation: folders.map((name) => `@adlib/${name}`),
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
};
