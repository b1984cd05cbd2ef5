/** Whether two paths are the same socket: /var/run is /run. */
export function samePath(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

/** Without doubled slashes, and with /run for /var/run. */
export function canonical(path: string): string {
  return path.replace(/\/+/g, '/').replace(/^\/var\/run\//, '/run/');
}
