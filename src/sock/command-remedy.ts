import { dirname } from 'node:path';

/**
 * What to do when the kernel refuses a request to chronyd's command socket: one sentence for people.
 *
 * @param code errno name.
 * @param path chronyd's command socket (`bindcmdaddress` of its configuration).
 */
export function commandRemedy(code: string, path: string): string {
  const directory = dirname(path);
  switch (code) {
    case 'ENOENT':
      return `chronyd is not running, or its \`bindcmdaddress\` names another path: start it, or give the path with --chronyd`;
    case 'ECONNREFUSED':
      return `nobody reads ${path}: it was left behind by a chronyd that is not running any more; start chronyd`;
    case 'EACCES':
    case 'EPERM':
      return `${directory} is open to chronyd's user only (0700 _chrony on Debian): run as root, as that user, or with CAP_DAC_OVERRIDE`;
    case 'EROFS':
      return `${directory} is read-only for this process, which needs a socket of its own there: add ReadWritePaths=${directory} to the systemd unit`;
    case 'EAGAIN':
    case 'ENOBUFS':
      return `chronyd is not reading ${path}: its queue is full; see whether chronyd is stopped or hangs`;
    case 'EPROTOTYPE':
      return `${path} is not chronyd's command socket (not a datagram socket): give the path with --chronyd`;
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return `${path} cannot be chronyd's command socket: give the path with --chronyd, its directory in at most 80 bytes`;
    case 'EMFILE':
    case 'ENFILE':
      return 'no file descriptor is left: raise the limit (LimitNOFILE= in the systemd unit)';
    default:
      return `see whether chronyd runs and \`chronyc -h ${path} tracking\` works`;
  }
}
