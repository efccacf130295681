/** What an index knows of one row: the picture (or caption) that its vector stands for. */
export type Entry = {
  /** Given by the store when the row is appended, ascending, never used again within it. Ties in similarity go to the lower one. */
  readonly id: number;
  /** Where the picture is: absolute, or relative to a root of the index. Empty for a caption without a file. */
  readonly path: string;
  /** Bytes of the file; 0 for a caption without one. */
  readonly size: number;
  /** When the file was last changed: milliseconds since 1970, with fractions where the file system has them. */
  readonly modified: number;
  /** When the file's content, name or rights were last changed (ctime), in the same unit; absent where that is not known. */
  readonly statusChanged?: number;
  /** SHA-256 of the file's content (of a caption's UTF-8 bytes) in hex. */
  readonly hash: string;
  /** Pixels, as the picture is shown: after a rotation by EXIF where the index applies it. 0 for a caption without a file. */
  readonly width: number;
  readonly height: number;
  readonly caption?: string;
};

/** The same before the store has given it an id. */
export type NewEntry = Omit<Entry, 'id'>;
