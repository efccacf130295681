import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { orUndefined } from '../files.ts';
import { freeBytes } from '../native/disk.ts';
import { HubError } from './hub-error.ts';

/** The hub as this process sees it: what huggingface_hub's environment variables say, and what tests put in its place. */
export type Hub = {
  /** The directory of the cache, which Python shares. */
  cache: string;
  endpoint: URL;
  /** Sent to the endpoint's host and to no other. */
  token?: string;
  isOffline: boolean;
  /** Failures in a row without a byte in between that end a transfer. */
  attempts: number;
  /** Milliseconds without a byte after which a connection is given up. */
  patience: number;
  /** Waits so many milliseconds before the next attempt. */
  wait: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** Bytes that can still be written to a directory's disk. */
  freeBytes: (directory: string) => Promise<number>;
};

/**
 * Reads HF_HOME, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, XDG_CACHE_HOME, HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_DISABLE_IMPLICIT_TOKEN,
 * HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE as huggingface_hub does (huggingface_hub/constants.py).
 * @throws HubError on an endpoint that is neither https nor http on this machine
 */
export async function openHub(environment: NodeJS.ProcessEnv = process.env): Promise<Hub> {
  const endpoint = new URL(environment.HF_ENDPOINT || 'https://huggingface.co');
  checkAddress(endpoint);
  const token = isTrue(environment.HF_HUB_DISABLE_IMPLICIT_TOKEN) ? undefined : await readToken(environment);
  return {
    cache: hubCache(environment),
    endpoint,
    ...(token !== undefined && { token }),
    isOffline: isTrue(environment.HF_HUB_OFFLINE || environment.TRANSFORMERS_OFFLINE),
    attempts: 5,
    patience: 30_000,
    wait: (milliseconds, signal) => setTimeout(milliseconds, undefined, { ...(signal && { signal }) }),
    freeBytes,
  };
}

/** The directory of huggingface_hub's cache. */
export function hubCache(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment.HF_HUB_CACHE || environment.HUGGINGFACE_HUB_CACHE;
  return resolve(given ? expand(given, environment) : join(hubHome(environment), 'hub'));
}

function hubHome(environment: NodeJS.ProcessEnv): string {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  return expand(environment.HF_HOME || join(cache, 'huggingface'), environment);
}

async function readToken(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const clean = (text: string) => text.replace(/[\r\n]/g, '').trim() || undefined;
  const given = clean(environment.HF_TOKEN || environment.HUGGING_FACE_HUB_TOKEN || '');
  if (given !== undefined) return given;
  const path = expand(environment.HF_TOKEN_PATH || join(hubHome(environment), 'token'), environment);
  try {
    return clean((await orUndefined(readFile(path, 'utf8'))) ?? '');
  } catch (error) {
    throw new Error(`Cannot read the token in ${path}: ${(error as Error).message}; mend that, or set HF_TOKEN`, {
      cause: error,
    });
  }
}

/** `~` and `$NAME` as Python's expanduser and expandvars have them. */
function expand(path: string, environment: NodeJS.ProcessEnv): string {
  return path
    .replace(/^~(?=$|[/\\])/, homedir())
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, bare, braced) => environment[bare ?? braced] ?? all);
}

function isTrue(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '');
}

/** Nothing may be read or changed on the way: only this machine is spoken to without encryption. @throws HubError */
export function checkAddress({ protocol, hostname, href }: URL): void {
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && isHere)) return;
  throw new HubError(`Cannot download from ${href}: expected https (http only on this machine)`);
}
