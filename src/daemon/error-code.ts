/**
 * The errno name that Node or SystemError put on an error ("ENOENT"), else the error as text. It asks for the member
 * and not for the class: an error may come from another realm, where `instanceof Error` is false.
 */
export function errorCode(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return String(error);
}
