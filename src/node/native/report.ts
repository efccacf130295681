/** How an installation tells what it does. */
export type Report = {
  /** A step begins. */
  step: (what: string) => void;
  /** Bytes done so far of a long step. */
  bytes: (done: number, total: number) => void;
};

/** 273829956 as `274 MB`. */
export function megabytes(bytes: number): string {
  return bytes >= 1e10 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
}
