/** Bytes that can be read in parts, wherever they are. */
export type ByteSource = {
  /** In bytes. */
  readonly size: number;
  /** A fresh buffer with exactly the asked bytes, which begin at its offset 0. */
  read: (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;
  close?: () => Promise<void>;
};

/** Bytes in memory; what is read is copied, so that its values are aligned and belong to the reader. */
export function bufferSource(bytes: ArrayBuffer | Uint8Array): ByteSource {
  const view = new Uint8Array(bytes instanceof ArrayBuffer ? bytes : bytes.buffer);
  const start = bytes instanceof ArrayBuffer ? 0 : bytes.byteOffset;
  return {
    size: bytes.byteLength,
    read: async (offset, length) => view.slice(start + offset, start + offset + length),
  };
}

/** A Blob or a browser's File, read piece by piece. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}
