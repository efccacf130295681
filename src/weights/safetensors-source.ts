/** Bytes that can be read in pieces: a file, a Blob, a buffer, ranges of a URL. */
export type ByteSource = {
  /** Length in bytes. */
  readonly size: number;
  /** Gives a fresh buffer, never shared with another call, of exactly `length` bytes at byteOffset 0; rejects when there are fewer. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Frees what the source holds open. */
  close?(): Promise<void>;
};

/** Bytes in memory as a source; each read copies what it returns. */
export function bufferSource(bytes: ArrayBuffer | Uint8Array): ByteSource {
  // Not bytes.slice(): that of Node's Buffer is a view, at any offset
  const all =
    bytes instanceof Uint8Array ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : new Uint8Array(bytes);
  return { size: all.length, read: async (offset, length) => all.slice(offset, offset + length) };
}

/** A Blob or File (browser: a chosen or dropped file) as a source; only what is read comes into memory. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/**
 * Reads from a source and checks that it kept its word.
 * @throws {Error} when it gave another number of bytes, or a view into a shared buffer
 */
export async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) {
    throw new Error(
      `Cannot read bytes ${offset} to ${offset + length}: expected ${length} bytes but the source gave ${bytes.length}`,
    );
  }
  if (bytes.byteOffset !== 0) {
    throw new TypeError(
      'Cannot use this byte source: read() must give a fresh buffer at byteOffset 0, not a view into another',
    );
  }
  return bytes;
}
