/** Packets of a real chronyd, as they came over its command socket. Each reply has the sequence number given. */
export const CAPTURED = {
  /** chrony 4.9, synchronised to VMCK whose feed gained 10 ppm. */
  tracking: {
    sequence: 0x11223340,
    bytes: Buffer.from(
      '06020000002100050000000000000000112233400000000000000000' +
        '564d434b' +
        '0000000000000000000000000000000000000000' +
        '00010000' +
        '000000006b00fc8b0c05b817' +
        'f087020dc6ba8ce4c6a9937c0b60009ee8a339e2f2d89febc889705fdc8201f500800eb3',
      'hex',
    ),
  },
  /** The same just after RESET_SOURCES. */
  trackingAfterReset: {
    sequence: 0x11223345,
    bytes: Buffer.from(
      '06020000002100050000000000000000112233450000000000000000' +
        '00000000' +
        '0000000000000000000000000000000000000000' +
        '00000003' +
        '000000000000000000000000' +
        'dc87af3cc4a7d626c6a30c4f0b60017e0000000000000000048000000480000000800f6f',
      'hex',
    ),
  },
  nSources: {
    sequence: 0x11223341,
    bytes: Buffer.from('06020000000e000200000000000000001122334100000000000000' + '0000000001', 'hex'),
  },
  /** chrony 4.9, VMCK selected, poll −2. */
  sourceData: {
    sequence: 0x11223342,
    bytes: Buffer.from(
      '06020000000f00030000000000000000112233420000000000000000' +
        '564d434b000000000000000000000000' +
        '00010000' +
        'fffe00000000000200' +
        '0000ff00000000' +
        'c8f1e806c89ce6a9d6bfe03e',
      'hex',
    ),
  },
  /** The answer for an index beyond the last source. */
  noSuchSource: {
    sequence: 0x11223343,
    bytes: Buffer.from('06020000000f00010004000000000000112233430000000000000000', 'hex'),
  },
  resetSources: {
    sequence: 0x11223344,
    bytes: Buffer.from('06020000004200010000000000000000112233440000000000000000', 'hex'),
  },
} as const;
