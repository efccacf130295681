import { createHash, timingSafeEqual } from 'node:crypto';

/** Fewer characters can be guessed. */
export const shortestToken = 16;

/** Asks for a token: in `Authorization: Bearer`, or in the cookie that a browser gets for it. */
export type TokenCheck = {
  /** @param header of Authorization @param cookie header with all cookies */
  isKnown(header: string | undefined, cookie: string | undefined): boolean;
  /** Whether it is the token itself. */
  isToken(token: string): boolean;
  /** What a browser gets that has shown the token: no script reads it, no other site sends it. */
  readonly cookie: string;
};

/** @param port goes into the cookie's name: browsers do not keep the cookies of two ports apart */
export function makeTokenCheck(token: string, port: number): TokenCheck {
  const expected = digest(token);
  const name = `clip-tfjs-${port}`;
  const session = createHash('sha256').update('session').update(expected).digest('hex');
  const isSame = (one: Buffer, other: Buffer) => timingSafeEqual(one, other); // both are digests, of one length
  const isToken = (given: string) => isSame(digest(given), expected);
  return {
    isToken,
    isKnown: (header, cookie) => {
      const bearer = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
      if (bearer !== undefined) return isToken(bearer);
      const given = (cookie ?? '').split(/; */).find((pair) => pair.startsWith(`${name}=`));
      return given !== undefined && isSame(digest(given.slice(name.length + 1)), digest(session));
    },
    cookie: `${name}=${session}; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000`,
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
