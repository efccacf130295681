import { bodyOf } from './body.ts';
import type { Hub } from './hub.ts';
import { HubError } from './hub-error.ts';
import type { RemoteFile } from './listing.ts';
import { checkRange } from './remote-source.ts';
import { backOff, request, unreachable } from './request.ts';
import { readEtag, writeEtag } from './resume-etag.ts';

/** Bytes of a file and where they belong; a second piece at 0 begins the file anew. */
export type Piece = { position: number; bytes: Uint8Array };

/**
 * The bytes of a file from one on, as they come. Where the connection is lost it asks for the missing ones alone.
 * @param partial where what came is kept; beside it the ETag for If-Range
 * @param begun bytes that are there
 * @throws HubError where the server does not give what it promised, or is out of reach for too many attempts in a row
 */
export async function* arriving(
  hub: Hub,
  file: RemoteFile,
  partial: string,
  begun: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Piece> {
  const { url, size } = file;
  let done = begun;
  for (let failures = 0; done < size; ) {
    const response = await ask(hub, file, partial, done, signal);
    if (response.status !== 206) done = 0;
    await writeEtag(partial, response);
    let failure: unknown;
    try {
      for await (const bytes of bodyOf(response, hub.patience)) {
        if (done + bytes.length > size)
          throw new HubError(`Cannot download ${url.href}: expected ${size} bytes but more came`);
        yield { position: done, bytes };
        done += bytes.length;
        failures = 0;
      }
      failure = new Error(`the connection was closed after ${done} of ${size} bytes`);
    } catch (error) {
      if (error instanceof HubError) throw error;
      failure = error;
    }
    if (done === size) return;
    signal?.throwIfAborted();
    failures++;
    if (failures >= hub.attempts) throw unreachable(url, failure);
    await hub.wait(backOff(failures), signal);
  }
}

/** From a byte on; from the start where the server cannot go on: by 200, by 416, or because its file is another now. */
async function ask(
  hub: Hub,
  { url, size }: RemoteFile,
  partial: string,
  done: number,
  signal: AbortSignal | undefined,
): Promise<Response> {
  if (done > 0) {
    const etag = await readEtag(partial);
    const headers = { range: `bytes=${done}-`, ...(etag !== undefined && { 'if-range': etag }) };
    const response = await request(hub, url, { headers, good: [200, 206, 416], signal });
    if (response.status === 206) {
      checkRange(url, response, done, size);
      return response;
    }
    if (response.status === 200) return checkLength(url, response, size);
    await response.body?.cancel();
  }
  return checkLength(url, await request(hub, url, { signal }), size);
}

function checkLength(url: URL, response: Response, size: number): Response {
  const length = response.headers.get('content-length');
  if (length === null || Number(length) === size) return response;
  void response.body?.cancel();
  throw new HubError(
    `Cannot download ${url.href}: expected ${size} bytes, as the hub told, but the server has ${length}`,
  );
}
