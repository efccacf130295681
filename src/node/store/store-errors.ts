/** An index that is not there, is damaged or was written by another version. `directory` is the store's. */
export class IndexError extends SyntaxError {
  override readonly name = 'IndexError';
  readonly directory: string;

  constructor(message: string, directory: string, options?: ErrorOptions) {
    super(message, options);
    this.directory = directory;
  }
}

/** What to do about a file that is damaged: nothing in a store can be computed from the rest of it. */
export function damaged(directory: string, file: string, fault: string, cause?: unknown): IndexError {
  const cure = 'restore the store from a backup, or delete it and index the pictures again';
  return new IndexError(`Cannot read index ${directory}: ${file} is damaged (${fault}); ${cure}`, directory, { cause });
}

/** Who writes into a store. */
export type Holder = {
  readonly pid: number;
  readonly host: string;
  /** When it began: ISO 8601. */
  readonly since: string;
};

/** A store has one writer at a time, and `holder` is it; readers need not wait. */
export class IndexLockedError extends Error {
  override readonly name = 'IndexLockedError';
  readonly holder: Holder;

  constructor(message: string, holder: Holder) {
    super(message);
    this.holder = holder;
  }
}
