import { createReadStream } from 'node:fs';
import { open, rm, stat, truncate } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { encodeSafetensors, type TensorData } from '../weights/safetensors.ts';
import { type Content, writeFileAtomically } from './files.ts';
import { writeFault } from './writable.ts';

/** How embeddings are written: a matrix with its ids (safetensors, npy beside a .ids.json) or a line each (JSONL). */
export type EmbeddingFormat = 'safetensors' | 'npy' | 'jsonl';

/** One row: what it is called, and its unit vector as base64 of little-endian float32. */
type Row = { id: string; vector: string };

/** Rows are gathered in `OUT.partial` line by line, so that a run that was cut short goes on where it was. */
export type EmbeddingStore = {
  /** Ids that were there already. */
  done: ReadonlySet<string>;
  add: (id: string, vector: Float32Array) => Promise<void>;
  /** Writes the file whole, ids in the given order, and removes the partial one. */
  finish: (ids: readonly string[]) => Promise<void>;
  /** Keeps what was gathered for the next run. */
  close: () => Promise<void>;
};

/**
 * Opens the store of an output file.
 * @param settings what makes vectors comparable (model, preprocessing ...); a partial file of other settings is thrown away
 * @throws Error where it cannot be written
 */
export async function openEmbeddingStore(
  path: string,
  format: EmbeddingFormat,
  settings: Record<string, unknown>,
): Promise<EmbeddingStore> {
  const partial = `${path}.partial`;
  const header = JSON.stringify({ settings });
  const { rows: done, end } = await readPartial(partial, header);
  if (end === 0) await rm(partial, { force: true });
  else await truncate(partial, end); // a line that was being written is dropped
  const refuse = (error: unknown) => {
    throw writeFault(partial, error);
  };
  const file = await open(partial, 'a').catch(refuse);
  const write = (line: string) => file.appendFile(line).catch(refuse);
  if (end === 0) await write(`${header}\n`);
  const close = () => file.close();
  return {
    done,
    add: async (id, vector) => {
      const row: Row = {
        id,
        vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64'),
      };
      await write(`${JSON.stringify(row)}\n`);
    },
    finish: async (ids) => {
      await close();
      await writeEmbeddings(path, format, partial, ids, settings);
      await rm(partial);
    },
    close,
  };
}

/** The ids of whole lines, and where the last of them ends; nothing where there is no file or one of other settings. */
async function readPartial(path: string, header: string): Promise<{ rows: Set<string>; end: number }> {
  const rows = new Set<string>();
  const size = await stat(path).then(
    (status) => status.size,
    () => 0,
  );
  let end = 0;
  if (size === 0) return { rows, end };
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const next = end + Buffer.byteLength(line) + 1;
    if (end === 0 && line !== header) return { rows, end: 0 };
    if (next > size) break;
    if (end > 0) rows.add((JSON.parse(line) as Row).id);
    end = next;
  }
  return { rows, end };
}

async function* readRows(path: string): AsyncGenerator<{ id: string; vector: Float32Array }> {
  let isHeader = true;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (!isHeader) {
      const { id, vector } = JSON.parse(line) as Row;
      yield { id, vector: new Float32Array(Uint8Array.from(Buffer.from(vector, 'base64')).buffer) };
    }
    isHeader = false;
  }
}

async function writeEmbeddings(
  path: string,
  format: EmbeddingFormat,
  partial: string,
  ids: readonly string[],
  settings: Record<string, unknown>,
): Promise<void> {
  const wanted = new Map(ids.map((id, index) => [id, index]));
  const rows: Float32Array[] = new Array(ids.length);
  for await (const { id, vector } of readRows(partial)) {
    const index = wanted.get(id);
    if (index !== undefined) rows[index] = vector;
  }
  const width = rows[0]?.length ?? 0;
  const matrix = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) matrix.set(row, index * width);
  const idsJson = JSON.stringify(ids);
  if (format === 'jsonl') return writeFileAtomically(path, jsonLines(ids, rows));
  if (format === 'npy') {
    await writeFileAtomically(`${path.replace(/\.npy$/, '')}.ids.json`, idsJson);
    return writeFileAtomically(path, [npyHeader(rows.length, width), new Uint8Array(matrix.buffer)]);
  }
  const tensors = new Map<string, TensorData>([
    ['embeddings', { dtype: 'F32', shape: [rows.length, width], data: matrix }],
  ]);
  const metadata = new Map([
    ['ids', idsJson],
    ['settings', JSON.stringify(settings)],
  ]);
  return writeFileAtomically(path, encodeSafetensors(tensors, metadata));
}

function* jsonLines(ids: readonly string[], rows: readonly Float32Array[]): Content & Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const [index, row] of rows.entries()) {
    const embedding = Array.from(row, (value) => Number(value.toPrecision(9)));
    yield encoder.encode(`${JSON.stringify({ id: ids[index], embedding })}\n`);
  }
}

/** NumPy's format 1.0: magic, version, header length, a Python literal padded to a multiple of 64. */
function npyHeader(rows: number, width: number): Uint8Array {
  const literal = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  const length = Math.ceil((10 + literal.length + 1) / 64) * 64 - 10;
  const header = new Uint8Array(10 + length);
  header.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, length & 255, length >> 8]);
  header.set(new TextEncoder().encode(`${literal.padEnd(length - 1)}\n`), 10);
  return header;
}
