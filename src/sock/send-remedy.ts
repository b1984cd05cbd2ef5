/**
 * What to do about samples that do not arrive: one sentence for people.
 *
 * @param code errno name of the failed send, or ERANGE for a sample that was not fit to be sent.
 * @param path the SOCK path samples go to.
 */
export function sendRemedy(code: string, path: string): string {
  switch (code) {
    case 'ENOENT':
      return `chronyd has not created it: add \`refclock SOCK ${path} refid VMCK poll -3 filter 16 precision 1e-9\` to chrony's configuration and restart chronyd`;
    case 'ECONNREFUSED':
      return `nobody reads ${path}: it was left behind by a chronyd that is not running any more; start chronyd`;
    case 'EACCES':
    case 'EPERM':
      return `chronyd makes ${path} root:root with mode 0755: run as root, or with CAP_DAC_OVERRIDE (AmbientCapabilities=CAP_DAC_OVERRIDE in the systemd unit)`;
    case 'EAGAIN':
    case 'ENOBUFS':
      return `chronyd is not reading ${path}: its queue is full; see whether chronyd is stopped or hangs`;
    case 'EPROTOTYPE':
      return `${path} is not a datagram socket: another program owns it; give the path of chrony's \`refclock SOCK\` line`;
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return `${path} cannot be a socket: give the path of chrony's \`refclock SOCK\` line, at most 107 bytes`;
    case 'EMFILE':
    case 'ENFILE':
      return 'no file descriptor is left: raise the limit (LimitNOFILE= in the systemd unit)';
    case 'ERANGE':
      return 'the sample is none that chronyd could use (not a number, or 2^32 s and more): this is a defect, please report it';
    default:
      return `the kernel refused to deliver to ${path} (${code}): see whether chronyd runs and has a \`refclock SOCK ${path}\` line`;
  }
}
