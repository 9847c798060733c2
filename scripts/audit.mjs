// Asks the registry for known vulnerabilities of what smoothcert installs where it runs.
//
//   npm run audit                 npm audit --omit dev --audit-level=low
//
// Exit code 0: none is known. 1: some are, and they are listed. 3: the registry was not reached or does not answer such questions (a
// mirror may not), which says nothing at all; npm itself calls that clean where it is told to be offline.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const { stdout, stderr } = spawnSync(
  npm,
  ['audit', '--omit', 'dev', '--audit-level=low', '--json', '--offline=false'],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  },
);

function reportOf(text) {
  try {
    const report = JSON.parse(text);
    return report.metadata?.vulnerabilities && report.vulnerabilities ? report : { error: report };
  } catch {
    return { error: { message: stderr.trim().split('\n')[0] } };
  }
}

const report = reportOf(stdout);
if (report.error) {
  const why =
    report.error.message ?? report.error.error?.summary ?? JSON.stringify(report.error).slice(0, 200);
  console.log(`NOT AUDITED: the registry gave no answer (${String(why).trim() || 'no word why'}).`);
  console.log(
    'Nothing is known of vulnerabilities. Run it where the registry answers: npm config get registry.',
  );
  process.exit(3);
}
const found = Object.values(report.vulnerabilities);
for (const { name, severity, via } of found) {
  const why = via.map((one) =>
    typeof one === 'string' ? `by ${one}` : `${one.range}: ${one.title} ${one.url}`,
  );
  console.log(`${severity}: ${name} ${why.join('; ')}`);
}
console.log(
  `${found.length} vulnerable packages are known among ${report.metadata.dependencies?.prod ?? 'the'} that are installed.`,
);
process.exit(found.length > 0 ? 1 : 0);
