import type { FastifyReply } from 'fastify';
import type { Decoder } from './decoder.ts';
import type { Gate } from './gate.ts';
import type { IndexThread } from './index-thread.ts';
import type { Limits } from './limits.ts';
import type { ModelThread } from './model-thread.ts';
import { Refusal } from './refusal.ts';
import type { Thumbnails } from './thumbnails.ts';

/** What the routes work with. */
export type Parts = {
  index: IndexThread;
  model: ModelThread;
  decoder: Decoder;
  thumbnails: Thumbnails;
  /** For requests that compute. */
  gate: Gate;
  limits: Limits;
  /** Of this package. */
  version: string;
};

/** Aborted where the client goes away before it has its answer. */
export function whileConnected(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Refusal(499, 'client_gone', 'The client is gone'));
  });
  return controller.signal;
}
