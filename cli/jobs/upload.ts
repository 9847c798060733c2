import path from 'node:path';
import type { CertificationClient } from '../client/certification-client.js';
import { piecesOf, type LocalArtifact } from '../certify/model-artifacts.js';

const EVERY_MS = 200;

/** Sends what the server lacks of these files; a line on a terminal shows how far it is. */
export async function uploadAll(
  client: CertificationClient,
  files: readonly LocalArtifact[],
  show: { readonly quiet: boolean; readonly verbose: boolean },
): Promise<void> {
  for (const { file, artifact } of files) {
    const line = new UploadLine(path.basename(file), artifact.bytes, process.stderr, !show.quiet);
    try {
      await client.upload(
        artifact,
        (from) => piecesOf(file, from),
        (sent) => line.update(sent),
      );
    } finally {
      line.end();
    }
    if (show.verbose) process.stderr.write(`The server has ${file} (${artifact.digest}).\n`);
  }
}

/** A line on a terminal that says how much of a file was sent; elsewhere it is silent. */
class UploadLine {
  private shown = performance.now();
  private drawn = false;

  constructor(
    private readonly name: string,
    private readonly bytes: number,
    private readonly stream: NodeJS.WriteStream,
    private readonly enabled: boolean,
  ) {}

  update(sent: number): void {
    const now = performance.now();
    if (!this.enabled || !this.stream.isTTY || now - this.shown < EVERY_MS) return;
    this.shown = now;
    this.drawn = true;
    const text = `Sending ${this.name}: ${(sent / 1e6).toFixed(0)} of ${(this.bytes / 1e6).toFixed(0)} MB`;
    this.stream.write(`\r\x1b[K${text.slice(0, (this.stream.columns || 80) - 1)}`);
  }

  end(): void {
    if (this.drawn) this.stream.write('\r\x1b[K');
  }
}
