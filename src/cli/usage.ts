/** A command that is used wrongly: its exit status is 2, not 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
