import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

export type Answer = {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests look at
  json: any;
};

export type Question = {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
};

/** A request as a program would send it: with any header, also those that fetch does not let through. */
export function ask(url: string, { method, headers = {}, body, signal }: Question = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers,
      agent: false,
      ...(signal && { signal }),
    };
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const isJson = response.headers['content-type']?.startsWith('application/json');
        const json = isJson ? JSON.parse(bytes.toString()) : undefined;
        resolve({ status: response.statusCode as number, headers: response.headers, bytes, json });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** POST of a JSON body. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return ask(url, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
}

/** Bytes to a port, and all that comes back until it is closed. @param slowly more chunks, and milliseconds between them */
export function speak(
  port: number,
  text: string,
  slowly?: { chunks: readonly string[]; every: number },
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    const chunks = [...(slowly?.chunks ?? [])];
    const clock = setInterval(() => {
      const chunk = chunks.shift();
      if (chunk !== undefined && socket.writable) socket.write(chunk);
    }, slowly?.every ?? 1e6);
    socket.on('data', (bytes) => {
      heard += bytes;
    });
    socket.on('error', () => {}); // it is closed by the other side
    socket.on('close', () => {
      clearInterval(clock);
      resolve(heard);
    });
    socket.write(text);
  });
}
