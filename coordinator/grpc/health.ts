import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { CertificationService } from '../jobs/certification-service.js';
import { SERVICE_NAME } from './definition.js';

/** Answers grpc.health.v1.Health for the service and for the server as a whole (''): SERVING while the service serves. */
export class Health {
  private readonly implementation = new HealthImplementation();
  private readonly stop: () => void;

  constructor(service: Pick<CertificationService, 'serving' | 'onServing'>) {
    this.tell(service.serving);
    this.stop = service.onServing((serving) => this.tell(serving));
  }

  addTo(server: Server): void {
    this.implementation.addToServer(server);
  }

  /** Answers NOT_SERVING from now on, whatever the service does. */
  close(): void {
    this.stop();
    this.tell(false);
  }

  private tell(serving: boolean): void {
    for (const name of ['', SERVICE_NAME]) {
      this.implementation.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    }
  }
}
