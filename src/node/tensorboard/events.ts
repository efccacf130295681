import { bytesField, doubleField, type Field, floatField, intField, join } from './protobuf.ts';

/** A value by its name; TensorBoard groups names by what stands before the first slash. */
export type Scalar = { tag: string; value: number };

/** The numbers are those of event.proto, summary.proto and tensor.proto of TensorBoard 2. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const sessionLog = { status: 1, start: 1 } as const;
const summary = { value: 1 } as const;
const summaryValue = { tag: 1, simpleValue: 2, tensor: 8, metadata: 9 } as const;
const tensor = { dtype: 1, shape: 2, stringValue: 8, string: 7 } as const;

/** The first event of a file. @param seconds since 1970, as in all of these */
export function versionEvent(seconds: number): Uint8Array<ArrayBuffer> {
  return join([doubleField(event.wallTime, seconds), bytesField(event.fileVersion, 'brain.Event:2')]);
}

/** A (re)start: TensorBoard forgets what it has read of this step and later ones. */
export function startEvent(seconds: number, step: number): Uint8Array<ArrayBuffer> {
  const start = bytesField(event.sessionLog, [intField(sessionLog.status, sessionLog.start)]);
  return eventOf(seconds, step, start);
}

/** Values of a step, in float32. */
export function scalarsEvent(seconds: number, step: number, scalars: readonly Scalar[]): Uint8Array<ArrayBuffer> {
  const values = scalars.map(({ tag, value }) =>
    bytesField(summary.value, [bytesField(summaryValue.tag, tag), floatField(summaryValue.simpleValue, value)]),
  );
  return eventOf(seconds, step, bytesField(event.summary, values));
}

/** A text, in Markdown, for the page Text: a tensor of one string. */
export function textEvent(seconds: number, step: number, tag: string, text: string): Uint8Array<ArrayBuffer> {
  const value = [
    bytesField(summaryValue.tag, `${tag}/text_summary`),
    bytesField(summaryValue.tensor, [
      intField(tensor.dtype, tensor.string),
      bytesField(tensor.shape, []), // [], as tf.summary.text has it
      bytesField(tensor.stringValue, text),
    ]),
    bytesField(summaryValue.metadata, [bytesField(1, [bytesField(1, 'text')])]), // plugin_data { plugin_name: 'text' }
  ];
  return eventOf(seconds, step, bytesField(event.summary, [bytesField(summary.value, value)]));
}

function eventOf(seconds: number, step: number, what: Field): Uint8Array<ArrayBuffer> {
  const place = step === 0 ? [] : [intField(event.step, step)]; // proto3 leaves zeros out
  return join([doubleField(event.wallTime, seconds), ...place, what]);
}
