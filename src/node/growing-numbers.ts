type Kind = Float64ArrayConstructor | Uint32ArrayConstructor | Uint8ArrayConstructor;

/** A typed array that grows: 8, 4 or 1 bytes a number, where an array of numbers may take several times as many. */
export type GrowingNumbers<K extends Kind> = {
  readonly length: number;
  push: (value: number) => void;
  /** The numbers so far, in a buffer that is no larger than they are. */
  values: () => InstanceType<K>;
};

export function growingNumbers<K extends Kind>(kind: K): GrowingNumbers<K> {
  let numbers = new kind(1024);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push: (value) => {
      if (length === numbers.length) {
        const larger = new kind(Math.ceil(1.5 * length));
        larger.set(numbers);
        numbers = larger;
      }
      numbers[length++] = value;
    },
    values: () => numbers.slice(0, length) as InstanceType<K>,
  };
}
