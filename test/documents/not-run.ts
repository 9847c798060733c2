/** Commands of the documents that no test runs as they stand: how they begin, why, and what checks them instead. */

/** Why a command is not run, and what else is known of it. */
export interface NotRun {
  /** Matches the beginning of the command. */
  readonly begins: RegExp;
  readonly why: string;
  /** `parsed`: the command with `--print-config` ends well. */
  readonly parsed?: true;
}

export const NOT_RUN: readonly NotRun[] = [
  { begins: /^npm ci( && npm (run example|test))?$/, why: 'installs; who runs a test has done it' },
  { begins: /^npm run (build|example)\b/, why: 'builds what other tests use at the same time' },
  { begins: /^npm (link|install)\b/, why: 'changes the machine' },
  { begins: /^npx vitest\b|^SIMULATION_\w+=\d+ /, why: 'runs tests' },
  { begins: /^pip install\b/, why: 'the tests of clients/python install it' },
  { begins: /^sudo /, why: 'changes the machine' },
  {
    begins: /^docker /,
    why: 'needs a container engine; test/deploy/ checks the images and the compose file',
  },
  { begins: /^(kubectl|helm) /, why: 'needs a Kubernetes cluster; test/deploy/ checks the manifests' },
  {
    begins: /^smoothcert (backup|restore|prune) /,
    why: 'needs stores and jobs of several states; test/cluster/backup.test.ts runs these commands',
  },
  {
    begins: /^(cp -r deploy\/nats \/etc|node deploy\/nats\/make-keys.mjs \/etc|SMOOTHCERT_NATS_STORE=\/var)/,
    why: 'writes below /etc; test/security/nats-accounts.test.ts runs NATS with these files',
  },
  {
    begins: /^smoothcert (coordinator|worker) --nats-nkey \S+ …$/,
    why: 'needs the keys of the commands before it; test/security/nats-accounts.test.ts has such processes',
  },
  {
    begins:
      /^nats-server -js(?! -sd cluster)|^smoothcert (coordinator|worker) --nats nats:\/\/HOST|^smoothcert submit --server COORDINATOR:50051 --model …/,
    why: 'is for several machines; docs/ten-minutes.md has the same on one',
  },
  { begins: /^prometheus --config.file=deploy\/monitoring\//, why: 'as docs/ten-minutes.md has it' },
  { begins: /^journalctl /, why: 'needs systemd with smoothcert as a service' },
  { begins: /^nats stream report/, why: 'is a command of another project, named as optional' },
  { begins: /^ONNXRUNTIME_NODE_INSTALL=cuda12 /, why: 'downloads the libraries of CUDA' },
  { begins: /^smoothcert certify --device cuda\b/, why: 'needs a GPU', parsed: true },
  {
    begins: /^smoothcert submit .*--token-file (secrets\/)?client-token /,
    why: 'needs the cluster of the commands before it; test/security/ submits with tokens',
    parsed: true,
  },
];
