import type { SafetensorsFile, TensorData } from '../weights/safetensors.ts';

/** Rows of one width as an F32 tensor [rows, width]. */
export function matrixTensor(rows: readonly Float32Array[]): TensorData {
  const width = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) data.set(row, index * width);
  return { dtype: 'F32', shape: [rows.length, width], data };
}

/**
 * Reads a tensor as rows.
 * @param rows how many there must be
 * @throws SyntaxError where it is none of that shape
 */
export async function readMatrix(
  path: string,
  file: SafetensorsFile,
  name: string,
  rows: number,
): Promise<Float32Array[]> {
  const shape = file.tensors.get(name)?.shape ?? [];
  const [count, width = 0] = shape;
  if (shape.length !== 2 || count !== rows)
    throw new SyntaxError(
      `Cannot read ${path}: expected a tensor '${name}' [${rows}, embedDim] but got [${shape.join(', ')}]; make it again`,
    );
  const values = await file.readFloat32(name);
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}
