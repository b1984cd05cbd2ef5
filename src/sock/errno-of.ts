/**
 * The errno name of an error from Node or from our own system calls, such as "ENOENT"; undefined where it has
 * none. It asks for the `code`, not for the class: an error of another realm (a worker, a test's context) is
 * no `instanceof Error`.
 */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
