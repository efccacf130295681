import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isOwnHost } from './hosts.ts';
import { Refusal } from './refusal.ts';
import { makeTokenCheck } from './token.ts';

/** Where the server listens, and the token that it asks for, if any. */
export type Bind = { host: string; port: number; token?: string };

/** Which scripts, pictures and requests a page of this server may have: its own. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** On every response. There is no CORS header at all: no other site reads anything. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Our own header: a form of another site cannot send it. */
const ownHeader = 'x-clip-tfjs';

/**
 * Turns away what other sites ask for in a visitor's browser, and who does not know the token, before a body is read.
 * @param bind its port is known only once the server listens
 */
export function addGuard(app: FastifyInstance, bind: () => Bind): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    const { host, port, token } = bind();
    if (!isOwnHost(request.headers.host, { host, port }))
      throw new Refusal(421, 'foreign_host', `Cannot serve: this server is not ${quoted(request.headers.host)}`);
    refuseOtherSites(request);
    refuseSimplePosts(request);
    if (token === undefined) return;
    const check = makeTokenCheck(token, port);
    if (check.isKnown(request.headers.authorization, request.headers.cookie)) return;
    const shown = new URL(request.url, 'http://any').searchParams.get('token');
    if (request.method === 'GET' && request.url.startsWith('/?') && shown !== null && check.isToken(shown))
      return reply.code(303).headers({ 'set-cookie': check.cookie, location: '/' }).send();
    throw new Refusal(
      401,
      'no_token',
      `Cannot serve: the token is missing or wrong; send it as Authorization: Bearer, or open http://${request.headers.host}/?token=... once`,
      { 'www-authenticate': 'Bearer' },
    );
  });
}

/** A browser says from which site a request comes; curl and scripts say nothing. Links to the page itself are let in. */
function refuseOtherSites({ headers, method }: FastifyRequest): void {
  const { origin, host } = headers;
  if (origin !== undefined && origin !== `http://${host}`)
    throw new Refusal(403, 'foreign_origin', `Cannot serve: the request comes from ${quoted(origin)}`);
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  const isLink =
    method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (!isLink) throw new Refusal(403, 'foreign_site', 'Cannot serve: the request comes from another site');
}

/** Content types that a browser lets any page post without asking the server first. */
const simpleTypes = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(;|$)/i;

function refuseSimplePosts({ headers, method }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD' || headers[ownHeader] !== undefined) return;
  const type = headers['content-type'] ?? '';
  if (type === '' || simpleTypes.test(type))
    throw new Refusal(
      415,
      'unsupported_type',
      `Cannot serve: expected application/json or image/*, or the header ${ownHeader}: 1, but got ${quoted(type)}`,
    );
}

function quoted(text: string | undefined): string {
  return text ? `'${text.slice(0, 100)}'` : 'nothing';
}
