import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a receiver does with a message: answers with a status, hangs up, or says nothing. */
export type Behaviour =
  | number
  | 'silence'
  | 'hang-up'
  | { status: number; headers?: Record<string, string>; body?: string };

export interface Received {
  at: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** What it was answered. */
  behaviour: Behaviour;
}

/** A receiver of webhooks, as a real server: it behaves as told, message by message, and goes on as the last one says. */
export class WebhookDouble {
  readonly received: Received[] = [];
  /** Called before a message is answered. */
  onMessage: (message: Received) => void | Promise<void> = () => undefined;
  readonly #server: Server;

  private constructor(private readonly behaviours: Behaviour[]) {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', async () => {
        const behaviour = this.behaviours[Math.min(this.received.length, this.behaviours.length - 1)]!;
        const message = { at: Date.now(), headers: request.headers, body, behaviour };
        this.received.push(message);
        await this.onMessage(message);
        if (behaviour === 'silence') return;
        if (behaviour === 'hang-up') return void request.socket.destroy();
        const answer = typeof behaviour === 'number' ? { status: behaviour } : behaviour;
        response.writeHead(answer.status, answer.headers);
        response.end(answer.body ?? (answer.status === 200 ? 'ok' : 'no'));
      });
    });
  }

  static async start(...behaviours: Behaviour[]): Promise<WebhookDouble> {
    const double = new WebhookDouble(behaviours);
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/services/T0/B0/secret`);
  }

  /** Messages it took. */
  get accepted(): Received[] {
    return this.received.filter(({ behaviour }) => behaviour === 200);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
