import { checkAddress, type Hub } from './hub.ts';
import { HubError } from './hub-error.ts';

export type Asked = {
  method?: 'GET' | 'HEAD';
  headers?: Readonly<Record<string, string>>;
  /** Statuses that are no failure; 200 by default. */
  good?: readonly number[];
  /** Takes a redirect to another host as the answer: the hub's own headers are on it. */
  staysOnHub?: boolean;
  signal?: AbortSignal | undefined;
};

const mostRedirects = 5;
const passing = [408, 425, 429, 500, 502, 503, 504];
/** Longer than this is not waited for, whatever the server asks. */
const longestWait = 5 * 60_000;

/**
 * Asks a server and follows redirects, at most five. The token goes to the hub's own host alone. Statuses that pass by themselves
 * and lost connections are tried again, after the time that the server asks for.
 * @throws HubError
 */
export async function request(hub: Hub, url: URL, asked: Asked = {}): Promise<Response> {
  const good = asked.good ?? [200];
  for (let failures = 1; ; failures++) {
    asked.signal?.throwIfAborted();
    let response: Response;
    try {
      response = await follow(hub, url, asked);
    } catch (error) {
      asked.signal?.throwIfAborted();
      if (error instanceof HubError) throw error;
      if (failures >= hub.attempts) throw unreachable(url, error);
      await hub.wait(backOff(failures), asked.signal);
      continue;
    }
    if (good.includes(response.status) || isRedirect(response)) return response;
    await response.body?.cancel();
    if (!passing.includes(response.status) || failures >= hub.attempts) throw refused(url, response);
    await hub.wait(waitOf(url, response) ?? backOff(failures), asked.signal);
  }
}

async function follow(hub: Hub, from: URL, asked: Asked): Promise<Response> {
  let url = from;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    checkAddress(url);
    const response = await askOnce(hub, url, asked);
    if (!isRedirect(response)) return response;
    const next = new URL(response.headers.get('location') ?? '', url);
    if (asked.staysOnHub && next.origin !== url.origin) return response;
    await response.body?.cancel();
    url = next;
  }
  throw new HubError(`Cannot download ${from.href}: it was redirected more than ${mostRedirects} times`);
}

/** Gives up where no answer comes; how long its body may take is for the reader to say. */
async function askOnce(hub: Hub, url: URL, { method = 'GET', headers, signal }: Asked): Promise<Response> {
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new Error(`no answer within ${hub.patience / 1000} s`));
  }, hub.patience);
  try {
    return await fetch(url, {
      ...{ method, redirect: 'manual' },
      signal: signal ? AbortSignal.any([silence.signal, signal]) : silence.signal,
      headers: {
        ...{ ...headers, 'accept-encoding': 'identity', 'user-agent': 'clip-tfjs' },
        ...(hub.token !== undefined && url.origin === hub.endpoint.origin && { authorization: `Bearer ${hub.token}` }),
      },
    });
  } finally {
    clearTimeout(timer);
  }
}

function isRedirect({ status, headers }: Response): boolean {
  return [301, 302, 303, 307, 308].includes(status) && headers.has('location');
}

/** 1 s, 2 s, 4 s ... in milliseconds. */
export function backOff(failures: number): number {
  return 500 * 2 ** failures;
}

/** What Retry-After asks for: seconds, or a date. @throws HubError where that is too long */
function waitOf(url: URL, { headers, status }: Response): number | undefined {
  const asked = headers.get('retry-after');
  if (asked === null) return undefined;
  const milliseconds = /^\d+$/.test(asked) ? 1000 * Number(asked) : Date.parse(asked) - Date.now();
  if (Number.isNaN(milliseconds)) return undefined;
  if (milliseconds > longestWait)
    throw new HubError(
      `Cannot download ${url.href}: the server (status ${status}) asks to come back in ${Math.round(milliseconds / 60_000)} minutes; run the command again then`,
      status,
    );
  return Math.max(0, milliseconds);
}

function refused(url: URL, { status, headers }: Response): HubError {
  const said = headers.get('x-error-message');
  const cure =
    status === 401 || status === 403
      ? 'it is private or its terms must be accepted on its page first; set HF_TOKEN to a token that may read it'
      : status === 404
        ? 'there is no such repository, revision or file'
        : 'try again later';
  return new HubError(`Cannot download ${url.href}: status ${status}${said ? ` (${said})` : ''}; ${cure}`, status);
}

export function unreachable(url: URL, error: unknown): HubError {
  const { cause, message } = error as Error;
  const reason = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : message;
  return new HubError(
    `Cannot download ${url.href}: ${reason}; check the network and run the command again: what has come is kept`,
    undefined,
    { cause: error },
  );
}
