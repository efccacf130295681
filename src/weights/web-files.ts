import type { ModelFiles } from './open-model.ts';
import { blobSource } from './safetensors.ts';

/** The files behind a URL, fetched whole when they are opened, or a Blob as a bare file. A URL without `.safetensors` is a directory. */
export function webFiles(source: string | URL | Blob, signal?: AbortSignal): ModelFiles {
  if (source instanceof Blob) {
    const label = 'name' in source ? String(source.name) : 'the Blob';
    return { label, weightsFile: label, open: async (name) => (name === label ? blobSource(source) : undefined) };
  }
  const base = typeof document === 'undefined' ? undefined : document.baseURI;
  const url = new URL(source, base);
  const isFile = url.pathname.endsWith('.safetensors');
  const directory = isFile || url.pathname.endsWith('/') ? url : new URL(`${url.href}/`);
  return {
    label: url.href,
    ...(isFile && { weightsFile: url.pathname.slice(url.pathname.lastIndexOf('/') + 1) }),
    open: async (name) => {
      const response = await fetch(new URL(name, directory), signal ? { signal } : {});
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Error(`Cannot fetch ${response.url}: the server answered ${response.status}`);
      return blobSource(await response.blob());
    },
  };
}
