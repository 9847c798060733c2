import { InvalidArgumentError, Option, type Command } from 'commander';
import { DEVICES } from '../../shared/job.js';

/** Flags of the commands that stay: `coordinator`, `worker`, `serve`. Each may be set in the environment, as containers do. */
const flag = (flags: string, description: string, variable: string, preset?: string): Option => {
  const option = new Option(flags, description).env(`SMOOTHCERT_${variable}`);
  return preset === undefined ? option : option.default(preset);
};

const gather = (value: string, before: readonly string[] | undefined): string[] => {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return [...(before ?? []), value];
};

const LOCAL_NATS = 'nats://127.0.0.1:4222';

/** Where NATS is, and who we are to it. @param preset null: without --nats there is none */
export function addNatsLogin(command: Command, preset: string | null = LOCAL_NATS): Command {
  const none = preset === null ? ' (default: none, the store is that of serve)' : '';
  const servers = `servers; one of them suffices to find a cluster${none}`;
  return command
    .optionsGroup('NATS:')
    .addOption(flag('--nats <url,…>', servers, 'NATS', preset ?? undefined))
    .addOption(flag('--nats-user <name>', 'user name', 'NATS_USER'))
    .addOption(flag('--nats-password-file <file>', 'file with the password', 'NATS_PASSWORD_FILE'))
    .addOption(flag('--nats-token-file <file>', 'file with a token', 'NATS_TOKEN_FILE'))
    .addOption(flag('--nats-nkey <file>', 'file with the seed of an nkey', 'NATS_NKEY'))
    .addOption(flag('--nats-creds <file>', 'file with a JWT and the seed of its nkey', 'NATS_CREDS'))
    .addOption(flag('--nats-ca <file>', 'PEM of the authorities that NATS is trusted by', 'NATS_CA'))
    .addOption(flag('--nats-cert <file>', 'PEM of our certificate for NATS', 'NATS_CERT'))
    .addOption(flag('--nats-key <file>', 'PEM of its key', 'NATS_KEY'))
    .addOption(
      flag('--nats-replicas <n>', 'copies of each stream that is made, 1 to 5', 'NATS_REPLICAS', '1'),
    );
}

export function addNats(command: Command): Command {
  return addNatsLogin(command)
    .addOption(
      flag(
        '--ack-wait-seconds <s>',
        'after so long a silent worker’s tasks go to others',
        'ACK_WAIT_SECONDS',
        '30',
      ),
    )
    .addOption(
      flag(
        '--lease-seconds <s>',
        'after so long a silent coordinator’s standby takes over',
        'LEASE_SECONDS',
        '10',
      ),
    );
}

export function addListening(command: Command): Command {
  return command
    .optionsGroup('Listening:')
    .addOption(flag('--grpc <host:port>', 'the gRPC service', 'GRPC', '127.0.0.1:50051'))
    .addOption(flag('--http <host:port>', 'health, metrics and artifacts', 'HTTP', '127.0.0.1:9464'))
    .addOption(
      flag('--token-file <file>', 'bearer tokens, one a line; read again when it changes', 'TOKEN_FILE'),
    )
    .addOption(flag('--tls-cert <file>', 'PEM of the certificate', 'TLS_CERT'))
    .addOption(flag('--tls-key <file>', 'PEM of its key', 'TLS_KEY'))
    .addOption(
      flag('--tls-client-ca <file>', 'PEM of the authorities that clients must have', 'TLS_CLIENT_CA'),
    )
    .option('--insecure', 'listen beyond this machine without TLS or tokens');
}

export function addStore(command: Command): Command {
  return command
    .optionsGroup('Storage:')
    .addOption(flag('--store <folder>', 'models, data sets and results, by digest', 'STORE'))
    .addOption(
      new Option(
        '--allow-uri <prefix>',
        'address of a folder that artifacts may be fetched from, http(s):// or file://; may be given several times',
      ).argParser(gather),
    );
}

/** How the log on standard error is written. */
export const logFormatOption = (): Option =>
  flag(
    '--log-format <format>',
    'pretty, a sentence a line, or json, an object a line',
    'LOG_FORMAT',
    'pretty',
  );

/** How long a coordinator keeps what is known of jobs that have ended. */
export function addRetention(command: Command): Command {
  return command
    .optionsGroup('Jobs that have ended:')
    .addOption(flag('--retain-days <n>', 'so long their ledgers are kept', 'RETAIN_DAYS', '7'))
    .addOption(flag('--retain-ledgers <n>', 'of at most so many, the last ones', 'RETAIN_LEDGERS', '200'))
    .addOption(
      flag(
        '--retain-jobs <n>',
        'how many are kept at all, with their results; at least --retain-ledgers',
        'RETAIN_JOBS',
        '1000',
      ),
    );
}

export function addDevice(command: Command): Command {
  return command
    .optionsGroup('Machine:')
    .addOption(flag('--device <device>', DEVICES.join(', '), 'DEVICE', 'cpu'))
    .addOption(
      flag('--processes <n>', 'inference processes (default: one a core on cpu, else 1)', 'PROCESSES'),
    )
    .addOption(
      flag(
        '--hang-seconds <s>',
        'a silent inference process is replaced after this long',
        'HANG_SECONDS',
        '60',
      ),
    )
    .addOption(flag('--jobs <n>', 'jobs whose model is kept loaded at once', 'JOBS', '2'))
    .addOption(
      flag(
        '--grace-seconds <s>',
        'from SIGTERM until what is not drawn yet is given up, and 5 s more to record',
        'GRACE_SECONDS',
        '20',
      ),
    );
}
