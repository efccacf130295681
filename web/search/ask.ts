/** What the server refuses, with its own words. */
export class Refused extends Error {
  readonly status: number;
  /** A word for programs: `busy`. */
  readonly code: string;
  constructor(status: number, message: string, code: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The server does not answer. */
export class Unreachable extends Error {}

/** How a question is asked. */
export type Asking = {
  signal: AbortSignal;
  /** Is told when the server is busy: in how many seconds it is asked again. */
  onWait: (seconds: number) => void;
};

/** A JSON body, or a picture. */
export type Content = { body: unknown } | { file: Blob };

/** Questions that a busy server is asked again, and the longest wait between two of them, in seconds. */
const mostTries = 4;
const longestWait = 20;

/**
 * Asks the server, and asks it again where it is busy (503 with Retry-After).
 * @throws Refused, Unreachable; DOMException where the question is no longer of interest
 */
export async function ask<T>(path: string, content: Content | undefined, { signal, onWait }: Asking): Promise<T> {
  for (let tries = 1; ; tries++) {
    const response = await send(path, content, signal);
    if (response.ok) return response.json();
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    if (response.status !== 503 || tries === mostTries || !(seconds <= longestWait)) throw await refusal(response);
    onWait(seconds);
    await pause(1000 * seconds, signal);
  }
}

async function send(path: string, content: Content | undefined, signal: AbortSignal): Promise<Response> {
  try {
    if (content === undefined) return await fetch(path, { signal });
    const isFile = 'file' in content;
    const headers = { 'content-type': isFile ? content.file.type : 'application/json' };
    const body = isFile ? content.file : JSON.stringify(content.body);
    return await fetch(path, { method: 'POST', body, headers, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new Unreachable(String(error));
  }
}

async function refusal(response: Response): Promise<Refused> {
  const said = await response.json().catch(() => undefined);
  return new Refused(
    response.status,
    said?.error?.message ?? `The server answered ${response.status}`,
    said?.error?.code ?? '',
  );
}

/** @throws what the signal is aborted with */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(clock);
      reject(signal.reason);
    };
    const clock = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
