/** What an audit does one after another: the user's pictures, the texts, the generated pictures. */
export type AuditStage = 'pictures' | 'texts' | 'probes';

export type AuditOptions = {
  /** What the card calls the model. */
  modelName: string;
  workers?: number | 'auto';
  exifRotate?: boolean;
  /** Is told how far each stage is, one after another. */
  onProgress?: (stage: AuditStage, done: number, total: number) => void;
  /** Is told of a file that cannot be decoded; the rest goes on. */
  skip?: (path: string, error: Error) => void;
  signal?: AbortSignal;
};
