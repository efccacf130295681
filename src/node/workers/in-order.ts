/** Groups items into arrays of `size`; the last may be shorter. */
export async function* inBatches<T>(items: Iterable<T> | AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Runs `start` on up to `ahead` items at once and gives the results in the order of the items. */
export async function* inOrder<T, Result>(
  items: Iterable<T> | AsyncIterable<T>,
  ahead: number,
  start: (item: T) => Promise<Result>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  for await (const item of items) {
    const result = start(item);
    result.catch(() => {}); // it is heard of when its turn comes
    started.push(result);
    if (started.length >= ahead) yield started.shift() as Promise<Result>;
  }
  while (started.length > 0) yield started.shift() as Promise<Result>;
}
