/** The status socket cannot be had: what was attempted, why not, and what to do. */
export class StatusSocketError extends Error {
  override readonly name = 'StatusSocketError';
  readonly path: string;
  /** errno name, such as EADDRINUSE. */
  readonly code: string;

  constructor(path: string, code: string, what: string) {
    super(`status socket ${path}: ${what}: ${code}. ${remedyFor(code, path)}`);
    this.path = path;
    this.code = code;
  }
}

const ANOTHER = 'choose another with --status-socket or `status_socket` in the configuration';

function remedyFor(code: string, path: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Another vmclockd is running: see it with \`vmclockd status --socket ${path}\` or \`ss -xlp src ${path}\`; stop it, or ${ANOTHER}`;
    case 'ENOTSOCK':
      return `Move what is there out of the way, or ${ANOTHER}`;
    case 'ENOENT':
      return `Make the parent directory, or ${ANOTHER}`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Run vmclockd as a user who may write there, or ${ANOTHER}`;
    case 'ENAMETOOLONG':
      return `A unix socket's path has at most 107 bytes: ${ANOTHER}`;
    default:
      return `Or ${ANOTHER}`.replace(/^Or c/, 'C');
  }
}
