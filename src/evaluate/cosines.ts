/** The same cosines as `classify` decides by: they lie below both layers. */
export { cosinesOf } from '../cosines.ts';
