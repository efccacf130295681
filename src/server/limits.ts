/** What the server takes on; each is there so that no request can keep others from being served. */
export type Limits = {
  /** Bytes of a picture that is sent. */
  pictureBytes: number;
  /** Bytes of a JSON body. */
  jsonBytes: number;
  /** Pixels of a picture, sent or indexed, before it is decoded. */
  pixels: number;
  /** Milliseconds that a decoder has for one picture. */
  decodeTime: number;
  /** Requests that compute at the same time, and those that wait for their turn; the next gets 503. */
  running: number;
  waiting: number;
  /** The same for thumbnails that are not in the cache. */
  thumbnailsRunning: number;
  thumbnailsWaiting: number;
  /** Pictures that are being received at the same time. */
  uploads: number;
  connections: number;
  /** Bytes of a request's headers. */
  headerBytes: number;
  /** Milliseconds for the headers, and for all of a request. */
  headersTime: number;
  requestTime: number;
  /** Milliseconds without a byte, either way, after which a connection is closed. */
  idleTime: number;
  /** Milliseconds for the search for duplicates. */
  duplicatesTime: number;
  /** Bytes of the thumbnails that are kept on disk. */
  cacheBytes: number;
  /** Milliseconds that running requests have when the server is stopped. */
  shutdownTime: number;
};

export const defaultLimits: Limits = {
  pictureBytes: 20e6,
  jsonBytes: 256 * 1024,
  pixels: 100e6,
  decodeTime: 10_000,
  running: 2,
  waiting: 16,
  thumbnailsRunning: 2,
  thumbnailsWaiting: 64,
  uploads: 8,
  connections: 256,
  headerBytes: 16 * 1024,
  headersTime: 10_000,
  requestTime: 30_000,
  idleTime: 120_000,
  duplicatesTime: 120_000,
  cacheBytes: 512e6,
  shutdownTime: 10_000,
};

/** Longest texts and lists in a request. A text has 75 tokens at most, so none that fits is cut off by these. */
export const mostCharacters = 2000;
export const mostTerms = 32;
export const mostTexts = 256;
export const mostLabels = 200;
export const mostResults = 1000;
/** Pictures times labels of one classification. */
export const mostComparisons = 200_000;
