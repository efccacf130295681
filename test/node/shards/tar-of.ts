import { Header, Pax } from 'tar';

type Type =
  NonNullable<ConstructorParameters<typeof Header>[0]> extends Buffer | infer Data
    ? Data extends { type?: infer Name }
      ? Name
      : never
    : never;

/** A file in a tar; with a type of its own, something else. */
export type TarEntry = { name: string; content: string | Uint8Array; type?: Type };

/** A tar of these, in their order; a name that its header cannot hold is written as pax has it. */
export function tarOf(entries: readonly TarEntry[], { end = true } = {}): Buffer {
  const parts = entries.flatMap(({ name, content, type }) => member(name, Buffer.from(content), type));
  return Buffer.concat([...parts, Buffer.alloc(end ? 1024 : 0)]);
}

/** As GNU tar writes a long name: a member of its own before the file's. */
export function gnuLongName(name: string, content: string | Uint8Array): TarEntry[] {
  const long = { name: '././@LongLink', content: `${name}\0`, type: 'NextFileHasLongPath' as const };
  return [long, { name: name.slice(0, 99), content }];
}

function member(name: string, body: Buffer, type: Type = 'File'): Buffer[] {
  const header = new Header({ path: name, mode: 0o644, size: body.length, type, mtime: new Date(0) });
  const block = Buffer.alloc(512);
  const needsPax = header.encode(block) && type === 'File';
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return [...(needsPax ? [new Pax({ path: name }).encode()] : []), block, body, padding];
}
