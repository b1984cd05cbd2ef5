import { describe, expect, test } from '@jest/globals';
import { readingsAllowed } from '../../src/ioctl/clock-kind.js';

describe('readingsAllowed()', () => {
  test('is one for the network card of EC2, which answers 125 a second, and no limit for others', () => {
    expect(readingsAllowed('ena-ptp-05')).toBe(1);
    expect(['KVM virtual PTP', 'vmclock0', 'mlx5_ptp', ''].map(readingsAllowed)).toEqual(Array(4).fill(undefined));
  });
});
