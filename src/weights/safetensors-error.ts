/**
 * What is wrong with a file. The first group has the names of the reference implementation's errors (safetensors/src/tensor.rs),
 * the second is what we refuse and it accepts, the third concerns sharded files and requests that this library cannot serve.
 */
export type SafetensorsErrorCode =
  | 'HeaderTooSmall'
  | 'HeaderTooLarge'
  | 'InvalidHeaderLength'
  | 'InvalidHeader'
  | 'InvalidHeaderDeserialization'
  | 'InvalidOffset'
  | 'ValidationOverflow'
  | 'MisalignedSlice'
  | 'TensorInvalidInfo'
  | 'MetadataIncompleteBuffer'
  | 'InvalidTensorView'
  | 'TensorNotFound'
  // stricter than the reference
  | 'DuplicateTensorName'
  | 'DuplicateMetadataKey'
  | 'NullMetadata'
  | 'EmptyTensorName'
  | 'ControlCharacterInName'
  | 'IntegerTooLarge'
  | 'AlternateForm'
  // sharded files and requests
  | 'InvalidIndex'
  | 'InvalidShardName'
  | 'TooManyShards'
  | 'MissingShard'
  | 'TensorNotInShard'
  | 'UnlistedTensor'
  | 'TotalSizeMismatch'
  | 'UnsupportedDtype';

/** A safetensors file (or a set of tensors to be written) that breaks the format; `code` says which rule. */
export class SafetensorsError extends SyntaxError {
  override readonly name = 'SafetensorsError';
  readonly code: SafetensorsErrorCode;

  constructor(code: SafetensorsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
