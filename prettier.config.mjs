export default {
  printWidth: 110,
  singleQuote: true,
  trailingComma: 'all',
  // A sample of a series, or what is expected of it, a line.
  overrides: [{ files: 'deploy/monitoring/*.{yaml,json}', options: { printWidth: 140 } }],
};
