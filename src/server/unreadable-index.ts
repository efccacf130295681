/** Code of the error that says that there is no index (any more), or a damaged one: errors lose their classes between threads. */
export const unreadable = 'INDEX_UNREADABLE';
