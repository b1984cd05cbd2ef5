import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** Two names share one number on Linux; these are the ones that ioctl(2), recv(2) and strace use. */
const USUAL_NAMES: ReadonlyMap<string, string> = new Map([
  ['ENOTSUP', 'EOPNOTSUPP'],
  ['EWOULDBLOCK', 'EAGAIN'],
]);

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, errno]) => [errno, USUAL_NAMES.get(name) ?? name]),
);

/** Taken once: node builds the map anew at each call, which is most of the cost of an error. */
const TEXTS = getSystemErrorMap();

/** Where libuv's wording is about sockets or missing, and the kernel means something wider. */
const OWN_TEXTS: ReadonlyMap<string, string> = new Map([
  ['EOPNOTSUPP', 'operation not supported'],
  ['ENAMETOOLONG', 'name too long'],
  ['EBADMSG', 'bad message'],
  ['ETIME', 'timer expired'],
]);

/**
 * The name of an errno, such as "EBUSY". Aliases give the usual name (EOPNOTSUPP, EAGAIN); a number without a
 * name gives "errno 524".
 *
 * @param errno positive, as in errno(3)
 */
export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `errno ${errno}`;
}

function errnoText(errno: number): string {
  const text = OWN_TEXTS.get(errnoName(errno)) ?? TEXTS.get(-errno)?.[1];
  return text === undefined ? '' : ` (${text.charAt(0).toUpperCase()}${text.slice(1)})`;
}

/**
 * A system call that failed: what was attempted, on what, the errno, and what can be done about it.
 *
 * @example message
 * ioctl PTP_SYS_OFFSET_PRECISE on /dev/ptp0: ENODEV (No such device). <remedy>
 */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  /** The call, with the request for an ioctl: "open", "ioctl PTP_SYS_OFFSET". */
  readonly syscall: string;
  /** Positive, as in errno(3). */
  readonly errno: number;
  /** The name of `errno`, such as "EBUSY". */
  readonly code: string;
  /** What the call was made on: a path, or "fd 5" where there is none. */
  readonly path: string;
  /** What a person can do about it: a sentence. */
  readonly remedy?: string;

  constructor(syscall: string, errno: number, path: string, remedy?: string) {
    const advice = remedy === undefined ? '' : `. ${remedy}`;
    super(`${syscall} on ${path}: ${errnoName(errno)}${errnoText(errno)}${advice}`);
    this.syscall = syscall;
    this.errno = errno;
    this.code = errnoName(errno);
    this.path = path;
    if (remedy !== undefined) this.remedy = remedy;
  }

  /** The same failure with advice for the caller's situation; the original becomes the cause. */
  withRemedy(remedy: string): SystemError {
    const error = new SystemError(this.syscall, this.errno, this.path, remedy);
    error.cause = this;
    return error;
  }
}
