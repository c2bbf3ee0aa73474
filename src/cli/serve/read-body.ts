import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { HttpProblem } from './http-problem.js';

/** The whole body as text. Nothing beyond the limit is kept in memory. @throws HttpProblem 400, 413 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  const tooLarge = () => {
    // The rest is not kept, but a sender that is not listened to would not read the answer either.
    request.resume();
    return new HttpProblem(
      413,
      `expected a body of at most ${limitBytes} bytes; put long lists into a manifest object`,
      {
        headers: { connection: 'close' },
      },
    );
  };
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (!isUtf8(body)) throw new HttpProblem(400, 'expected UTF-8');
  return body.toString();
}
