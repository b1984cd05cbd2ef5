import { FdWatcher } from '../ioctl/fd-watcher.js';
import type { ChannelLoop } from './channel-loop.js';

/** Node's event loop. Its timer and its watch keep the process alive while an answer is awaited, and only then. */
export const nodeChannelLoop: ChannelLoop = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  watch(fd, path, onReadable) {
    const watcher = new FdWatcher(fd, path, (event) => onReadable(event !== 'readable'));
    return {
      awaiting: (answer) => {
        if (answer) watcher.ref();
        else watcher.unref();
      },
      close: () => watcher.close(),
    };
  },
};
