/** A field of a protobuf message, encoded. A message is its fields one after another. */
export type Field = Uint8Array;

/** Wire types (Protocol Buffers, "Encoding"). */
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** An int64 or enum field. @param value a whole number from 0 to 2^53 */
export function intField(number: number, value: number): Field {
  return join([varint(number * 8 + wire.varint), varint(value)]);
}

export function doubleField(number: number, value: number): Field {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return join([varint(number * 8 + wire.fixed64), bytes]);
}

export function floatField(number: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return join([varint(number * 8 + wire.fixed32), bytes]);
}

/** A string, or a message of fields. */
export function bytesField(number: number, value: string | readonly Field[]): Field {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : join(value);
  return join([varint(number * 8 + wire.bytes), varint(bytes.length), bytes]);
}

/** Seven bits a byte, the lowest first; all but the last byte have the eighth bit set. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.of(...bytes, rest);
}

/** The bytes of a message. */
export function join(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(fields.reduce((length, { byteLength }) => length + byteLength, 0));
  let end = 0;
  for (const field of fields) {
    message.set(field, end);
    end += field.byteLength;
  }
  return message;
}
