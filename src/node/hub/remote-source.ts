import type { ByteSource } from '../../weights/safetensors.ts';
import { readStart } from './body.ts';
import type { Hub } from './hub.ts';
import { HubError } from './hub-error.ts';
import type { RemoteFile } from './listing.ts';
import { request } from './request.ts';

/** Pieces of a file on the hub, such as a header, without the rest. What it gives has not been checked against the hash. */
export function remoteSource(hub: Hub, { url, size }: RemoteFile, signal?: AbortSignal): ByteSource {
  const read = async (offset: number, length: number) => {
    if (length === 0) return new Uint8Array();
    const headers = { range: `bytes=${offset}-${offset + length - 1}` };
    const response = await request(hub, url, { headers, good: [200, 206], signal });
    if (response.status === 200) return (await readStart(response, hub.patience, offset + length)).slice(offset);
    checkRange(url, response, offset, size);
    return readStart(response, hub.patience, length);
  };
  return { size, read };
}

/** @throws HubError unless the answer is what was asked for: from this byte on, of a file of this size */
export function checkRange(url: URL, { headers }: Response, offset: number, size: number): void {
  const range = headers.get('content-range');
  const [, first, whole] = range?.match(/^bytes (\d+)-\d+\/(\d+)$/) ?? [];
  if (Number(first) === offset && Number(whole) === size) return;
  throw new HubError(
    `Cannot download ${url.href}: expected bytes from ${offset} on, of ${size}, but the server gave ${range ?? 'no range'}`,
  );
}
