/** clip-tfjs for Node: the whole browser-safe surface, and what needs files. */
export * from './index.ts';
export { useBackend } from './node/backend.ts';
export { type EmbeddedFile, type EmbedFilesOptions, embedFiles } from './node/embed-files.ts';
export { type FoundPicture, findPictures } from './node/find-pictures.ts';
export { type ReadImageOptions, readImage } from './node/images/read-image.ts';
export { loadClip } from './node/load.ts';
export { saveClip } from './node/save.ts';
