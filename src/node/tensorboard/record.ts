import { maskedCrc32c } from './crc32c.ts';

/**
 * A record of a TFRecord file: length (uint64), its masked CRC-32C, the bytes, theirs; all little-endian
 * (TensorFlow, "TFRecord and tf.train.Example", section "TFRecords format details").
 */
export function frameRecord(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(bytes.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(bytes, 12);
  view.setUint32(12 + bytes.length, maskedCrc32c(bytes), true);
  return record;
}
