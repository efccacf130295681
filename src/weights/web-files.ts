import type { ModelFiles } from './open-model.ts';
import { blobSource } from './safetensors.ts';

/** The files behind a URL, fetched whole when they are opened, or a Blob as a bare file. A URL without `.safetensors` is a directory. */
export function webFiles(source: string | URL | Blob, signal?: AbortSignal): ModelFiles {
  if (source instanceof Blob) {
    const label = 'name' in source ? String(source.name) : 'the Blob';
    return { label, weightsFile: label, open: async (name) => (name === label ? blobSource(source) : undefined) };
  }
  const url = parseUrl(source);
  const isFile = url.pathname.endsWith('.safetensors');
  const directory = isFile || url.pathname.endsWith('/') ? url : new URL(`${url.href}/`);
  return {
    label: url.href,
    ...(isFile && { weightsFile: url.pathname.slice(url.pathname.lastIndexOf('/') + 1) }),
    open: async (name) => {
      const address = new URL(name, directory);
      const response = await fetch(address, signal ? { signal } : {}).catch((cause: Error) => {
        signal?.throwIfAborted();
        throw new Error(`Cannot fetch ${address}: ${cause.message}`, { cause });
      });
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Error(`Cannot fetch ${response.url}: the server answered ${response.status}`);
      return blobSource(await response.blob());
    },
  };
}

/** Relative to the page where there is one. */
function parseUrl(source: string | URL): URL {
  try {
    return new URL(source, typeof document === 'undefined' ? undefined : document.baseURI);
  } catch {
    throw new TypeError(
      `Cannot load ${String(source)}: expected a URL or a Blob; in Node, import loadClip from clip-tfjs/node to load a path`,
    );
  }
}
