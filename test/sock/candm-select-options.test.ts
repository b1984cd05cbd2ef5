import { describe, expect, test } from '@jest/globals';
import { encodeSelectable } from '../../src/sock/candm-select-options.js';

describe('encodeSelectable()', () => {
  test.each([
    [false, '00000010'],
    [true, '00000000'],
  ])('writes no address, the refid, a mask of noselect and, for %p, the option %s', (selectable, options) => {
    const bytes = Buffer.from(encodeSelectable(0x564d434b, selectable)).toString('hex');
    expect(bytes).toBe(`${'00'.repeat(20)}564d434b00000001${options}`);
  });
});
