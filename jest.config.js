// Jest runs the compiled output; coverage and stack traces map back to the .ts files through source maps.
export default {
  rootDir: 'build',
  testMatch: ['<rootDir>/test/**/*.test.js'],
  transform: {},
  coverageProvider: 'v8',
  // Nothing is proven by a test's duration; a busy machine is no reason to fail.
  testTimeout: 120_000,
  collectCoverageFrom: ['src/**/*.js'],
};
