const test = {
  globalSetup: '<rootDir>/tests/global-setup.js',
  globalTeardown: '<rootDir>/tests/global-teardown.js',
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/', '<rootDir>/examples/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
        },
      },
    ],
  },
};

/** Tests run as ES modules on real PostgreSQL; `tests/cluster.ts` starts one throw-away server for the whole run. */
export default {
  testTimeout: 60_000,
  // every file loads the whole program anew, and the memory of modules is never given back: a worker that grew is replaced
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  projects: [
    test,
    {
      ...test,
      // the tests of access again, with the services' own checks switched off: row-level security must hold alone
      displayName: 'row-level security alone',
      testMatch: ['<rootDir>/**/*access.test.ts'],
      globals: { ROW_RULES: 'off' },
      moduleNameMapper: {
        '^(\\.{1,2}/.*)/row-rules\\.js$': '<rootDir>/tests/no-row-rules.ts',
        ...test.moduleNameMapper,
      },
    },
  ],
};
