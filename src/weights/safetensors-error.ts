/**
 * What is wrong with a safetensors file. Codes down to `MisalignedSlice` are those of the reference implementation
 * (safetensors/src/tensor.rs); the rest name what it lets pass and this reader does not, and faults outside the one file.
 */
export type SafetensorsErrorCode =
  | 'HeaderTooSmall'
  | 'HeaderTooLarge'
  | 'InvalidHeaderLength'
  | 'InvalidHeader'
  | 'InvalidHeaderDeserialization'
  | 'InvalidOffset'
  | 'ValidationOverflow'
  | 'TensorInvalidInfo'
  | 'MetadataIncompleteBuffer'
  | 'TensorNotFound'
  | 'InvalidTensorView'
  | 'MisalignedSlice'
  | 'DuplicateTensorName'
  | 'DuplicateMetadataKey'
  | 'NullMetadata'
  | 'EmptyTensorName'
  | 'ControlCharacter'
  | 'UnsafeNumber'
  | 'UndecodedDtype'
  | 'InvalidIndex';

/** A file that is not safetensors, or not whole; `code` names the rule that it breaks. */
export class SafetensorsError extends SyntaxError {
  override readonly name = 'SafetensorsError';
  readonly code: SafetensorsErrorCode;

  constructor(code: SafetensorsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
