import { close, sendTo, socketUnixDatagram } from '../../ioctl/libc.js';
import type { Log } from '../log/log.js';
import { SystemdNotifier } from './systemd-notifier.js';

/** The notifier of a real daemon: $NOTIFY_SOCKET, one datagram socket per message, and the systemd-notify package. */
export function createNotifier(log: Log): SystemdNotifier {
  return new SystemdNotifier({
    environment: process.env,
    pid: process.pid,
    log,
    // Rare enough that keeping a descriptor open is not worth it.
    send: (bytes, path) => {
      const fd = socketUnixDatagram();
      try {
        sendTo(fd, bytes, path);
      } finally {
        close(fd);
      }
    },
    // Loaded only where there is a systemd to tell.
    runNotify: async (options) => {
      const { default: notify } = await import('systemd-notify');
      return notify(options);
    },
  });
}
