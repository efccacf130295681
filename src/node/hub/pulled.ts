import type { Report } from '../native/report.ts';
import type { PinnedFile } from './pin.ts';

export type PullOptions = {
  /** A branch, a tag or a commit; 'main' by default. */
  revision?: string;
  /** Asks no server: only checks what is there; also by HF_HUB_OFFLINE. */
  offline?: boolean;
  /** Hashes files that are there, though they were checked when they were pulled. */
  verify?: boolean;
  signal?: AbortSignal;
  report?: Report;
};

/** What is in the cache now. */
export type Pulled = {
  name: string;
  repository: string;
  revision: string;
  commit: string;
  /** The snapshot, which loadClip opens, as it does by the name. */
  directory: string;
  files: readonly PinnedFile[];
  /** Bytes of files that came over the network. */
  received: number;
};
