// Appends to an index until the system refuses: `node full-disk-child.js DIRECTORY`, under a limit on the size of files.
// Prints the message and how many rows were acknowledged.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openIndexForWriting } from '../../../src/node/store/store.ts';
import { rowsOf } from './rows.ts';

const [directory = ''] = process.argv.slice(2);
process.on('SIGXFSZ', () => {}); // then writing fails, as on a full disk, where the signal would end the process
const writer = await openIndexForWriting(directory);
let message: string | undefined;
for (let rows = 16; message === undefined; rows *= 2) {
  const paths = Array.from({ length: rows }, (_, i) => `${rows} ${i}`);
  const before = await readdir(join(directory, 'shards'));
  await writer
    .append(
      ...rowsOf(paths, 64),
      writer.entries.slice(0, 1).map(({ id }) => id),
    )
    .catch(async (error) => {
      message = error.message;
      assert.deepEqual(await readdir(join(directory, 'shards')), before); // nothing half-written stays
    });
}
const acknowledged = writer.entries.length;
await writer.append(...rowsOf(['one more'], 64)); // what fits goes on
await writer.close();
console.log(JSON.stringify({ message, acknowledged }));
