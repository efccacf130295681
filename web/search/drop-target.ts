import { byId } from './element.ts';

/** Takes pictures that are dropped on the page or pasted into it. Other files, and text in a field, are left to the browser. */
export function addDropTarget(searchBy: (file: File) => void): void {
  const curtain = byId('drop');
  const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true;
  addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    curtain.hidden = false;
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) curtain.hidden = true;
  });
  addEventListener('drop', (event) => {
    curtain.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault(); // a browser would leave the page for the file
    take(event.dataTransfer?.files);
  });
  addEventListener('paste', (event) => {
    const { files } = (event as ClipboardEvent).clipboardData ?? {};
    if (!files?.length) return;
    event.preventDefault();
    take(files);
  });
  const take = (files: FileList | undefined) => {
    const all = [...(files ?? [])];
    const file = all.find(({ type }) => type.startsWith('image/')) ?? all[0];
    if (file) searchBy(file);
  };
}
