import { growingNumbers } from '../growing-numbers.ts';
import type { Part } from './shard-samples.ts';

/** What a part of a sample is. */
export const partKinds = ['picture', 'txt', 'json', 'cls'] as const;

export type PartKind = (typeof partKinds)[number];

/** Where samples stand, in typed arrays: some 60 bytes a sample (`bench/pairs.ts`). */
export type HeldSamples = {
  readonly length: number;
  at: (index: number) => HeldSample;
};

export type HeldSample = {
  /** Which of the files. */
  shard: number;
  line: number;
  /** The picture's name in the shard. */
  name: string;
  parts: { kind: PartKind; offset: number; size: number }[];
};

/** Takes samples in, and gives them all back when they are all there. */
export function holdSamples(): {
  readonly length: number;
  add: (place: { shard: number; line: number }, parts: readonly (readonly [PartKind, Part])[]) => void;
  samples: () => HeldSamples;
} {
  const [shards, lines] = [growingNumbers(Uint32Array), growingNumbers(Uint32Array)];
  const [offsets, sizes, kinds] = [
    growingNumbers(Float64Array),
    growingNumbers(Uint32Array),
    growingNumbers(Uint8Array),
  ];
  const [partEnds, nameEnds, names] = [
    growingNumbers(Uint32Array),
    growingNumbers(Uint32Array),
    growingNumbers(Uint8Array),
  ];
  return {
    get length() {
      return shards.length;
    },
    add: ({ shard, line }, parts) => {
      shards.push(shard);
      lines.push(line);
      for (const [kind, { offset, size, name }] of parts) {
        kinds.push(partKinds.indexOf(kind));
        offsets.push(offset);
        sizes.push(size);
        if (kind === 'picture') for (const byte of Buffer.from(name)) names.push(byte);
      }
      partEnds.push(kinds.length);
      nameEnds.push(names.length);
    },
    samples: () =>
      heldSamples({
        ...{ shards: shards.values(), lines: lines.values(), offsets: offsets.values(), sizes: sizes.values() },
        ...{ kinds: kinds.values(), partEnds: partEnds.values(), nameEnds: nameEnds.values(), names: names.values() },
      }),
  };
}

type Columns = Record<'shards' | 'lines' | 'sizes' | 'partEnds' | 'nameEnds', Uint32Array> &
  Record<'kinds' | 'names', Uint8Array> & { offsets: Float64Array };

function heldSamples({ shards, lines, offsets, sizes, kinds, partEnds, nameEnds, names }: Columns): HeldSamples {
  return {
    length: shards.length,
    at: (index) => {
      const parts: HeldSample['parts'] = [];
      for (let part = partEnds[index - 1] ?? 0; part < (partEnds[index] as number); part++)
        parts.push({
          kind: partKinds[kinds[part] as number] as PartKind,
          offset: offsets[part] as number,
          size: sizes[part] as number,
        });
      const name = Buffer.from(names.subarray(nameEnds[index - 1] ?? 0, nameEnds[index])).toString('utf8');
      return { shard: shards[index] as number, line: lines[index] as number, name, parts };
    },
  };
}
