import { FdWatcher } from '../ioctl/fd-watcher.js';
import type { ChannelLoop } from './command-channel.js';

/** Node's event loop. Its timer and its watch keep the process alive while an answer is awaited, and only then. */
export const nodeChannelLoop: ChannelLoop = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  watch(fd, path, onReadable) {
    // An error on the socket is met, and told, by the read that follows.
    const watcher = new FdWatcher(fd, path, () => onReadable());
    return () => watcher.close();
  },
};
