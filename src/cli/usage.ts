/** A command that is used wrongly: its exit status is 2, not 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Does what fails on wrong use alone. @throws UsageError with the message of what it throws */
export async function asUsage<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
