import type { Artifact } from '../../shared/ports/artifact-store.js';
import { Check } from '../../shared/wire/check.js';
import { ARTIFACT_KIND_NUMBERS } from './api-enums.js';
import type { smoothcert } from '../../shared/wire/generated.js';

type WireArtifact = smoothcert.v1.Artifact.$Properties;

export function artifactToWire({ digest, kind, bytes }: Artifact): WireArtifact {
  return { digest, kind: ARTIFACT_KIND_NUMBERS[kind], bytes };
}

/** Reads the artifact of a request. @param field its path, for example upload.artifact. @throws RequestError */
export function artifactOfRequest(field: string, wire: WireArtifact | null | undefined): Artifact {
  const check = new Check();
  const artifact = readArtifact(check, field, wire);
  check.refuseRequest();
  return artifact;
}

/** Reads the artifact of an answer. @throws SmoothcertError MESSAGE_MALFORMED */
export function artifactOfWire(wire: WireArtifact | null | undefined): Artifact {
  const check = new Check();
  const artifact = readArtifact(check, 'artifact', wire);
  check.refuseMessage('an artifact');
  return artifact;
}

function readArtifact(check: Check, field: string, wire: WireArtifact | null | undefined): Artifact {
  return {
    digest: check.digest(`${field}.digest`, wire?.digest ?? ''),
    kind: check.named(`${field}.kind`, wire?.kind ?? 0, ARTIFACT_KIND_NUMBERS),
    bytes: check.whole(`${field}.bytes`, wire?.bytes ?? 0, { least: 0 }),
  };
}
