import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/** Whether an address is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Where to send people: nobody opens 0.0.0.0, so for all addresses it is the first one that other machines reach, if there is any. */
export function reachedAs(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host;
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

/** As a URL has it: IPv6 in brackets. */
export function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/**
 * Whether a request's Host names this server. A page whose name was made to point here (DNS rebinding) is served from its own
 * name, which the browser still sends. On loopback the names are known; otherwise any address will do, for an address needs
 * no DNS, or this machine's name, also as a network without DNS calls it (`.local`), or the name that the server was told to listen at.
 * @param header `name`, `name:port` or undefined
 * @param bind where the server listens
 */
export function isOwnHost(header: string | undefined, bind: { host: string; port: number }): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]@/\s]+)(?::(\d{1,5}))?$/i.exec(header ?? '');
  if (!match) return false;
  const [, given = '', port = '80'] = match;
  if (Number(port) !== bind.port) return false;
  const host = given.toLowerCase().replace(/^\[|\]$/g, '');
  if (isLoopback(bind.host))
    return host === 'localhost' || host === '127.0.0.1' || host === '::1' || host === bind.host;
  const name = hostname().toLowerCase();
  return isIP(host) !== 0 || ['localhost', name, `${name}.local`, bind.host.toLowerCase()].includes(host);
}
