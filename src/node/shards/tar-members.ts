import { Header, Pax } from 'tar';
import type { ByteReader } from '../byte-reader.ts';

/** A file in a tar and the bytes at which its content stands; or where the tar is damaged or lacks its end, after which nothing is found. */
export type TarMember = { name: string; offset: number; size: number } | { fault: string };

/** Bytes that are read at once: several samples with small pictures, and what is between two large ones. */
const window = 2 ** 17;

const block = 512;

/** A longer name or more fields than this are no header. */
const mostFields = 2 ** 20;

/**
 * The files in a tar (POSIX ustar and pax, GNU's long names), in order. Headers are read, contents are leapt over. Folders, links and devices are passed over.
 */
export async function* tarMembers(read: ByteReader['read'], size: number): AsyncGenerator<TarMember> {
  let all: Pax | undefined;
  let next: HeaderFields | undefined;
  for (let at = 0; at < size; ) {
    if (at + block > size) return yield { fault: `it ends within the header at byte ${at}: it was cut off` };
    const header = new Header(await read(at, block), 0, next, all);
    if (header.nullBlock) return;
    if (!header.cksumValid) return yield { fault: `at byte ${at} is no header of a tar: it is damaged from there on` };
    const member = { name: next?.path ?? header.path ?? '', offset: at + block, size: header.size ?? 0 };
    if (member.offset + member.size > size) return yield { fault: `it ends within ${member.name}: it was cut off` };
    at = member.offset + block * Math.ceil(member.size / block);
    if (contents.has(header.type)) yield member;
    if (!extensions.has(header.type)) next = undefined;
    else if (member.size > mostFields) return yield { fault: `the header at byte ${at} has ${member.size} bytes` };
    else {
      const text = (await read(member.offset, member.size)).toString('utf8');
      if (header.type === 'NextFileHasLongPath') next = { ...next, path: text.replace(/\0.*/s, '') };
      else if (header.type === 'GlobalExtendedHeader') all = Pax.parse(text, all, true);
      else if (header.type !== 'NextFileHasLongLinkpath') next = Pax.parse(text, next, false);
    }
  }
  yield { fault: 'it has no mark at its end: perhaps it was cut off between two files' };
}

type HeaderFields = ConstructorParameters<typeof Pax>[0];

const contents = new Set(['File', 'OldFile', 'ContiguousFile']);

const extensions = new Set([
  ...['ExtendedHeader', 'OldExtendedHeader', 'GlobalExtendedHeader'],
  ...['NextFileHasLongPath', 'NextFileHasLongLinkpath'],
]);

/** Reads at least so much at once that the next reads find their bytes there. */
export function windowed(reader: ByteReader): ByteReader['read'] {
  let begin = 0;
  let held: Buffer = Buffer.alloc(0);
  return async (offset, size) => {
    if (offset < begin || offset + size > begin + held.length) {
      held = await reader.read(offset, Math.min(Math.max(size, window), reader.size - offset));
      begin = offset;
    }
    return held.subarray(offset - begin, offset - begin + size);
  };
}

/** The first bytes of compressed files, and what makes them plain. */
const compressed: readonly (readonly [magic: string, cure: string])[] = [
  ['1f8b', 'gunzip'],
  ['28b52ffd', 'zstd -d'],
  ['425a68', 'bunzip2'],
  ['fd377a58', 'unxz'],
];

/** @throws SyntaxError on what is no plain tar, by its beginning */
export async function assertTar(path: string, read: ByteReader['read'], size: number): Promise<void> {
  const start = await read(0, Math.min(block, size));
  const cure = compressed.find(([magic]) => start.toString('hex').startsWith(magic))?.[1];
  if (cure !== undefined) throw new SyntaxError(compressedFault(path, cure));
  const header = start.length < block ? undefined : new Header(start);
  if (!header || !(header.cksumValid || header.nullBlock))
    throw new SyntaxError(`Cannot read ${path}: expected a tar but it does not begin with a header of one`);
}

/** What is said of a compressed tar. */
export function compressedFault(path: string, cure: string): string {
  return `Cannot read ${path}: expected a plain tar, in which each picture is found by its place, but it is compressed; unpack it to a .tar first (${cure} ${path})`;
}
