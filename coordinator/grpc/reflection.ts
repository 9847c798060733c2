import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Server } from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { protoPath as healthProto } from 'grpc-health-check';
import { SmoothcertError } from '../../shared/errors.js';

/** Where proto/ may be, relative to this file: in the source tree, or beside dist/ in a checkout and in a package. */
const PROTO_FOLDERS = ['../../proto', '../../../proto'];
const PROTO = 'smoothcert/v1/certification_service.proto';

/** Adds server reflection, which tells clients such as grpcurl what the services are. @throws SmoothcertError INTERNAL if the package lacks its proto files */
export async function addReflection(server: Server): Promise<void> {
  const found = await load([PROTO, healthProto], { includeDirs: [protoFolder()], keepCase: true });
  new ReflectionService(found).addToServer(server);
}

/** Returns the folder of our proto files. @throws SmoothcertError INTERNAL if there is none */
function protoFolder(): string {
  const folders = PROTO_FOLDERS.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const folder = folders.find((one) => existsSync(`${one}/${PROTO}`));
  if (folder !== undefined) return folder;
  throw new SmoothcertError(
    'INTERNAL',
    `This installation lacks the file proto/${PROTO}.`,
    'Install smoothcert again, whole.',
  );
}
