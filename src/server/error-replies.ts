import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { securityHeaders } from './guard.ts';
import { Refusal } from './refusal.ts';

/** Names of what Fastify itself refuses, by status. */
const codes: Readonly<Record<number, string>> = {
  400: 'bad_request',
  404: 'no_such_route',
  408: 'too_slow',
  413: 'too_large',
  414: 'uri_too_long',
  415: 'unsupported_type',
  431: 'headers_too_large',
  503: 'stopping',
};

const body = (code: string, message: string) => ({ error: { code, message } });

/** @param onFault is told of errors that are the server's own; the client is not */
export function addErrorReplies(app: FastifyInstance, onFault: (error: Error) => void): void {
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    if (error instanceof Refusal) return refuse(error, request, reply);
    const { statusCode: status = 500 } = error;
    if (status < 500)
      return reply.code(status).send(body(codes[status] ?? 'bad_request', `Cannot serve: ${error.message}`));
    onFault(error);
    return reply
      .code(500)
      .send(body('internal', 'Cannot serve: something is wrong with the server; its own output says what'));
  });
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send(
        body(
          'no_such_route',
          `Cannot serve: there is no ${request.method} ${request.url.slice(0, 100)}; see /openapi.json`,
        ),
      ),
  );
}

/** People who open a page are told in words, programs in JSON. */
function refuse({ status, code, message, headers }: Refusal, request: FastifyRequest, reply: FastifyReply) {
  reply.code(status).headers(headers);
  if (request.headers['sec-fetch-dest'] === 'document')
    return reply.type('text/plain; charset=utf-8').send(`${message}\n`);
  return reply.send(body(code, message));
}

/** What Node's parser refuses, before there is a request: headers that are too large, too slow, or none. */
export function replyToClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, reason] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout']
        : [400, 'Bad Request'];
  const content = JSON.stringify(body(codes[status as number] as string, `Cannot serve: ${reason}`));
  const headers = {
    ...securityHeaders,
    'content-type': 'application/json',
    'content-length': content.length,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${content}`);
}
