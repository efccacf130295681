/**
 * The bytes of an answer as they come.
 * @param patience milliseconds without a byte after which the connection is given up
 */
export async function* bodyOf(response: Response, patience: number): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await within(patience, reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // it may have failed already, and that was thrown
  }
}

async function within<T>(patience: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no byte came for ${patience / 1000} s`)), patience);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** The first bytes of an answer, fewer where it ends before; the rest is not fetched. */
export async function readStart(
  response: Response,
  patience: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let come = 0;
  for await (const chunk of bodyOf(response, patience)) {
    chunks.push(chunk);
    come += chunk.length;
    if (come >= length) break;
  }
  return Uint8Array.from(Buffer.concat(chunks).subarray(0, length));
}
