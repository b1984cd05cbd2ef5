import { describe, expect, test } from '@jest/globals';
import { commandRemedy } from '../../src/sock/command-remedy.js';

describe('commandRemedy()', () => {
  test.each([
    ['ENOENT', 'bindcmdaddress'],
    ['ECONNREFUSED', 'start chronyd'],
    ['EACCES', '/run/chrony is open to chronyd'],
    ['EROFS', 'ReadWritePaths=/run/chrony'],
    ['EAGAIN', 'not reading'],
    ['EPROTOTYPE', '--chronyd'],
    ['ENAMETOOLONG', '80 bytes'],
    ['EMFILE', 'LimitNOFILE='],
    ['EWHATEVER', 'chronyc -h /run/chrony/chronyd.sock tracking'],
  ])('tells what to do about %s', (code, words) => {
    expect(commandRemedy(code, '/run/chrony/chronyd.sock')).toContain(words);
  });
});
