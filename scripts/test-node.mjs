// Runs the unit and integration tests on other versions of Node: node scripts/test-node.mjs [22 24 …]. Each version comes as the npm package
// `node`, into .tools; no other Node on this machine is touched.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSIONS = ['22', '24'];
const root = fileURLToPath(new URL('..', import.meta.url));

const asked = process.argv.slice(2);
const failed = (asked.length > 0 ? asked : VERSIONS).filter((version) => !passes(version));
if (failed.length > 0) console.error(`The tests fail on Node ${failed.join(' and ')}.`);
process.exit(failed.length > 0 ? 1 : 0);

function passes(version) {
  const env = { ...process.env, PATH: `${folderOf(version)}${path.delimiter}${process.env.PATH}` };
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  return ['unit', 'integration'].every((project) => {
    console.log(`Tests on Node ${version}: ${project}.`);
    return (
      spawnSync('node', [vitest, 'run', '--project', project], { cwd: root, env, stdio: 'inherit' })
        .status === 0
    );
  });
}

/** Returns the folder of the program `node` of a version, which is installed where it is missing. */
function folderOf(version) {
  const prefix = path.join(root, '.tools', `node-${version}`);
  const folder = path.join(prefix, 'node_modules/node/bin');
  if (existsSync(path.join(folder, 'node'))) return folder;
  console.log(
    `The tests run on Node ${version}, which is not here: installing the npm package node@${version} into ${prefix}.`,
  );
  mkdirSync(prefix, { recursive: true });
  // The package is a script that fetches the program for this machine as another package.
  const args = [
    'install',
    '--prefix',
    prefix,
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts=false',
    `node@${version}`,
  ];
  const { status } = spawnSync('npm', args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`node@${version} could not be installed.`);
  return folder;
}
