/** The daemon for bench/footprint: everything real but the PHC. Arguments: directory, SOCK, chronyd's command socket. */
import { join } from 'node:path';
import { DEFAULT_SETTINGS } from '../src/daemon/config/settings.js';
import { createLog } from '../src/daemon/log/create-log.js';
import { runDaemon } from '../src/daemon/run-daemon.js';
import { describeListed } from '../src/ioctl/rank-clocks.js';
import { standInPhc } from './stand-in-phc.js';

const [directory = '', sock = '', chronyd = ''] = process.argv.slice(2);
await runDaemon({
  settings: {
    ...DEFAULT_SETTINGS,
    sock,
    chronyd,
    vmclock: join(directory, 'vmclock0'),
    statusSocket: join(directory, 'status.sock'),
    stateFile: join(directory, 'state.json'),
  },
  version: 'bench',
  log: createLog({ level: 'warn', format: 'text' }),
  reload: () => undefined,
  openPhc: () => ({
    phc: standInPhc(),
    described: describeListed({ index: 0, path: '/dev/ptp-stand-in', clockName: 'KVM virtual PTP' }, 'tsc'),
  }),
});
