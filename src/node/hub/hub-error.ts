/** A server that does not give what it was asked for, after all attempts. */
export class HubError extends Error {
  override readonly name = 'HubError';
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
