// Checks that every package that smoothcert installs where it runs has a licence that docs/licences.md speaks of.
//
//   npm run licences
//
// Takes another lock file as an argument. Exit code 1 for a licence that is not on the list, or none.
import { productionPackages } from './production-packages.mjs';

/** Anybody may use, change and pass on what is under these, with a notice at most. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** Licences that are allowed for some packages alone: libvips comes as a library of its own, which can be replaced. */
const EXCEPTIONS = [{ name: /^@img\/sharp-/, licence: 'LGPL-3.0-or-later' }];

/** Returns true if allowed licences fulfil an SPDX expression: one side of an OR, both of an AND. */
function isAllowed(expression, allowed) {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const either = () => {
    let value = both();
    while (tokens[at] === 'OR') {
      at += 1;
      const other = both();
      value = value || other;
    }
    return value;
  };
  const both = () => {
    let value = one();
    while (tokens[at] === 'AND') {
      at += 1;
      const other = one();
      value = value && other;
    }
    return value;
  };
  const one = () => {
    const token = tokens[at++];
    if (token !== '(') return token !== undefined && allowed(token);
    const value = either();
    return tokens[at++] === ')' && value;
  };
  const value = either();
  return value && at === tokens.length;
}

const packages = productionPackages(process.argv[2]);
const faults = packages.filter(({ name, licence }) => {
  const exceptions = EXCEPTIONS.filter((one) => one.name.test(name)).map((one) => one.licence);
  return !isAllowed(licence, (id) => ALLOWED.has(id) || exceptions.includes(id));
});
for (const { name, version, licence } of faults)
  console.log(
    `${name} ${version} is under ${licence || 'no licence that it names'}, which is not on the list.`,
  );
if (faults.length > 0) {
  console.log(
    'Use another package, or add the licence to scripts/licences.mjs and docs/licences.md if it may be used.',
  );
  process.exit(1);
}
const count = {};
for (const { licence } of packages) count[licence] = (count[licence] ?? 0) + 1;
console.log(`${packages.length} packages, all under licences of the list:`);
for (const [licence, many] of Object.entries(count).sort(([, a], [, b]) => b - a))
  console.log(`${many}  ${licence}`);
