import { describe, expect, test } from '@jest/globals';
import { sendRemedy } from '../../src/sock/send-remedy.js';

const PATH = '/run/chrony.vmclockd.sock';

describe('sendRemedy()', () => {
  test.each([
    ['ENOENT', `add \`refclock SOCK ${PATH} refid VMCK poll -3 filter 16 precision 1e-9\` to chrony's configuration`],
    ['EACCES', 'CAP_DAC_OVERRIDE'],
    ['ECONNREFUSED', 'start chronyd'],
    ['EAGAIN', 'not reading'],
    ['EPROTOTYPE', 'not a datagram socket'],
    ['ENAMETOOLONG', '107 bytes'],
    ['EMFILE', 'LimitNOFILE='],
    ['ERANGE', 'report it'],
    ['EWHATEVER', 'EWHATEVER'],
  ])('tells what to do about %s', (code, words) => {
    expect(sendRemedy(code, PATH)).toContain(words);
  });
});
