/** A request that is not served, and what the client is told of it. Other errors are faults of the server. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** In lower case with underscores, for programs. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** 503: everything is taken, come again. @param seconds when */
export function busy(what: string, seconds = 1): Refusal {
  return new Refusal(503, 'busy', `Cannot serve now: ${what}; try again in ${seconds} s`, {
    'retry-after': String(seconds),
  });
}

/** What a worker thread answers: a value, or why the request is not served. Errors lose their classes between threads. */
export type Outcome<T> = { value: T } | { refused: { status: number; code: string; message: string } };

/** @throws Refusal */
export function answerOf<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value;
  const { status, code, message } = outcome.refused;
  throw new Refusal(status, code, message);
}
