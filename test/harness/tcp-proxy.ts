import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** The treatment of bytes on their way: they pass, they pass late, or they vanish while both ends think that they are connected. */
type Mode =
  { readonly kind: 'pass' } | { readonly kind: 'late'; readonly ms: number } | { readonly kind: 'vanish' };

/** A TCP proxy in front of one server at a time, to do to a connection what networks do. */
export class TcpProxy implements AsyncDisposable {
  private readonly pairs = new Set<Pair>();
  private readonly listener: Server;
  private mode: Mode = { kind: 'pass' };
  private refusing = false;
  private deadly: ((bytes: Buffer) => boolean) | null = null;

  private constructor(private target: number) {
    this.listener = createServer((client) => this.accept(client));
  }

  static async to(port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port);
    proxy.listener.listen(0, '127.0.0.1');
    await once(proxy.listener, 'listening');
    return proxy;
  }

  get url(): string {
    return `127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  /** Connections that were accepted and have not ended. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Ends all connections at once, and new ones as soon as they come, until `restore`. */
  cut(): void {
    this.refusing = true;
    for (const { client, server } of [...this.pairs]) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** New connections lead to the server at this port; those that there are stay as they are. */
  leadTo(port: number): void {
    this.target = port;
  }

  /** All bytes come this much later, in order. */
  delay(ms: number): void {
    this.mode = { kind: 'late', ms };
  }

  /** All bytes vanish, and no connection ends. New ones are accepted, and silent. */
  blackHole(): void {
    this.mode = { kind: 'vanish' };
  }

  /** A connection dies of what its server sends and this is true of: it does not arrive. @param deadly is asked of whole pieces */
  dieOf(deadly: (bytes: Buffer) => boolean): void {
    this.deadly = deadly;
  }

  /** From now on bytes pass; those that vanished are lost, and a connection that lost some is ended. */
  restore(): void {
    if (this.mode.kind === 'vanish') this.cut();
    this.mode = { kind: 'pass' };
    this.refusing = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }

  private accept(client: Socket): void {
    if (this.refusing) {
      client.resetAndDestroy();
      return;
    }
    const pair = { client, server: connect(this.target, '127.0.0.1') };
    this.pairs.add(pair);
    this.pipe(pair.client, pair.server);
    pair.server.on('data', (bytes) => {
      if (this.deadly?.(bytes) !== true) return;
      pair.client.resetAndDestroy();
      pair.server.destroy();
    });
    this.pipe(pair.server, pair.client);
    for (const socket of [pair.client, pair.server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.end(pair));
    }
  }

  private pipe(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (!to.writable) return;
      if (this.mode.kind === 'pass') to.write(bytes);
      else if (this.mode.kind === 'late') setTimeout(() => to.writable && to.write(bytes), this.mode.ms);
    });
  }

  private end(pair: Pair): void {
    if (this.mode.kind === 'vanish' && !this.refusing) return;
    this.pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  }
}
