import { readdirSync } from 'node:fs';
import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

/** The one direction of imports: each package, and the @adlib packages it may import. */
const mayImport = {
  core: [],
  metrics: ['core'],
  thresholds: ['core', 'metrics'],
  scores: ['core', 'runtime'],
  datasets: ['core'],
  runtime: ['core'],
  models: ['core', 'runtime', 'scores'],
  pipeline: ['core', 'metrics', 'thresholds', 'scores', 'datasets', 'runtime', 'models'],
  report: ['core', 'metrics', 'datasets', 'pipeline'],
  cli: ['core', 'metrics', 'thresholds', 'scores', 'datasets', 'runtime', 'models', 'pipeline', 'report'],
  testing: ['core'],
};
const withoutTensors = ['core', 'metrics', 'thresholds', 'scores', 'datasets', 'report'];

const boundaries = readdirSync('packages').map((name) => {
  if (mayImport[name] === undefined) throw new Error(`eslint.config.js: package ${name} is missing from mayImport`);
  const allowed = mayImport[name].flatMap((dep) => [`${dep}$`, `${dep}/node$`, `${dep}/device$`]);
  const patterns = [
    {
      regex: `^@adlib/(?!${allowed.length === 0 ? '$.' : allowed.join('|')})`,
      message: `@adlib/${name} may import only: ${mayImport[name].join(', ') || 'no other package'} (entry points, not insides).`,
    },
    { regex: '\\.\\./\\.\\./\\.\\./', message: 'Do not reach into another package by path.' },
  ];
  if (withoutTensors.includes(name)) {
    patterns.push({
      regex: '^@tensorflow/|^onnxruntime',
      message: `@adlib/${name} works on plain arrays: no tensors.`,
    });
  }
  return {
    files: [`packages/${name}/src/**/*.ts`],
    // src/testing/ holds what only tests import.
    ignores: ['**/*.test.ts', 'packages/*/src/testing/**'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
});

export default tseslint.config(
  { ignores: ['**/dist/', 'docs/api/', 'coverage/', 'runs/', '.snippets/', 'node_modules/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] } } },
    rules: {
      // `data[i]!` after a length check is how numeric kernels read typed arrays under noUncheckedIndexedAccess.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Public functions check what the types already promise: JavaScript callers have no types.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', 'packages/testing/**'],
    plugins: { jsdoc },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true, MethodDefinition: true },
          contexts: [
            'TSInterfaceDeclaration',
            'TSTypeAliasDeclaration',
            'ExportNamedDeclaration > VariableDeclaration',
            'TSInterfaceBody > TSPropertySignature',
            'TSInterfaceBody > TSMethodSignature',
            'ClassBody > PropertyDefinition[key.type="Identifier"][accessibility!=/private|protected/][override=false]',
            'ClassBody > MethodDefinition[kind="get"][key.type="Identifier"][accessibility!=/private|protected/]',
          ],
        },
      ],
      'jsdoc/require-param': [
        'error',
        { checkDestructured: false, contexts: ['ExportNamedDeclaration > FunctionDeclaration'] },
      ],
      'jsdoc/check-param-names': ['error', { checkDestructured: false }],
      'jsdoc/require-description': ['error', { contexts: ['FunctionDeclaration', 'ClassDeclaration'] }],
      'jsdoc/require-returns': ['error', { contexts: ['ExportNamedDeclaration > FunctionDeclaration'] }],
      'jsdoc/require-returns-check': 'off',
    },
  },
  {
    // The insides of the compiler: exported between files, not to users.
    files: ['packages/runtime/src/{kernels,trace,session}/**/*.ts', 'packages/runtime/src/structure.ts'],
    rules: { 'jsdoc/require-returns': 'off', 'jsdoc/require-param': 'off' },
  },
  ...boundaries,
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
