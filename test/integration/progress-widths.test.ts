import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ROOT } from '../harness/command.js';
import { digitsJob } from '../harness/digits-job.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** Runs a command on a pseudo-terminal of so many columns, and prints what it writes there. */
const TERMINAL = `
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
while True:
    try:
        piece = os.read(fd, 65536)
    except OSError:
        break
    if not piece:
        break
    sys.stdout.buffer.write(piece)
`;
const hasPython = spawnSync('python3', ['-c', 'import pty']).status === 0;

test.runIf(hasPython).each([
  [20, /^\d+ %( · |$)/],
  [60, /^[█░]{10} \d+ % · .* left · [\d,]+\/s$/],
  [80, /^[█░]{10} \d+ % · .* left · [\d,]+\/s · \d+\/60 images decided$/],
  [200, /^[█░]{20} \d+ % · .* left · [\d,]+\/s · [\d,]+ of about [\d,]+ samples · \d+\/60 images decided$/],
])(
  'the progress on a real terminal of %d columns is whole, and never wider',
  (columns, whole) => {
    using folder = new TemporaryFolder();
    const job = digitsJob(folder.file('out'), { images: ':60', 'min-gain': 0.001 });
    const command = [process.execPath, 'dist/cli/main.js', ...job, '--no-report', '--no-check'];
    const { stdout } = spawnSync('python3', ['-c', TERMINAL, `${columns}`, ...command], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const drawn = stdout.split('\r\x1b[K').filter((text) => text.includes(' %') && !text.includes('\n'));
    expect(drawn.length).toBeGreaterThan(2);
    for (const text of drawn) expect(text.length).toBeLessThan(columns);
    expect(
      drawn.some((text) => whole.test(text)),
      drawn.at(-1),
    ).toBe(true);
  },
  120_000,
);
