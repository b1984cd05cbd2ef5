/**
 * Lines that phc2sys of linuxptp 4.2 (Debian trixie) printed in a guest on a vmclock PHC, one of each shape among
 * 406: with -R 10, -E linreg, -N 26 (a reading by system calls, which has a delay), --free_running 1, -O -37, -u 1 … 8, and
 * the clock 2 s, ±40 s and ±3000000 s off, or stepped by 1 s meanwhile.
 */
export const RECORDED_SAMPLES: readonly string[] = [
  'phc2sys[6.429]: CLOCK_REALTIME phc offset 1970085093 s0 freq      -0 delay      0',
  'phc2sys[6.552]: CLOCK_REALTIME phc offset 1970085089 s1 freq     -36 delay      0',
  'phc2sys[6.656]: CLOCK_REALTIME phc offset        -1 s2 freq     -37 delay      0',
  'phc2sys[6.963]: CLOCK_REALTIME phc offset         0 s2 freq     -37 delay      0',
  'phc2sys[18.514]: CLOCK_REALTIME phc offset      -189 s0 freq     -34 delay   2384',
  'phc2sys[18.617]: CLOCK_REALTIME phc offset      -198 s2 freq    -121 delay   2434',
  'phc2sys[19.028]: CLOCK_REALTIME phc offset       -58 s2 freq    -349 delay   2214',
  'phc2sys[19.130]: CLOCK_REALTIME phc offset         0 s2 freq    -308 delay   3236',
  'phc2sys[19.439]: CLOCK_REALTIME phc offset       120 s2 freq    -213 delay   2955',
  'phc2sys[19.541]: CLOCK_REALTIME phc offset        36 s2 freq    -261 delay   2544',
  'phc2sys[20.162]: CLOCK_REALTIME phc offset       149 s2 freq     -27 delay   2534',
  'phc2sys[20.264]: CLOCK_REALTIME phc offset       185 s2 freq     +53 delay   2515',
  'phc2sys[20.472]: CLOCK_REALTIME phc offset       172 s2 freq    +144 delay   2033',
  'phc2sys[20.574]: CLOCK_REALTIME phc offset        67 s2 freq     +91 delay   2655',
  'phc2sys[21.083]: CLOCK_REALTIME phc offset        70 s2 freq    +174 delay   1974',
  'phc2sys[21.185]: CLOCK_REALTIME phc offset       -18 s2 freq    +107 delay   2194',
  'phc2sys[21.490]: CLOCK_REALTIME phc offset       -95 s2 freq     +49 delay   2775',
  'phc2sys[21.897]: CLOCK_REALTIME phc offset       -96 s2 freq     -19 delay   2735',
  'phc2sys[22.303]: CLOCK_REALTIME phc offset        -3 s2 freq     -70 delay   1873',
  'phc2sys[22.403]: CLOCK_REALTIME phc offset         3 s2 freq     -65 delay   2384',
  'phc2sys[27.609]: CLOCK_REALTIME phc offset       159 s0 freq     -65 delay      0',
  'phc2sys[27.915]: CLOCK_REALTIME phc offset       162 s2 freq   +1516 delay      0',
  'phc2sys[28.118]: CLOCK_REALTIME phc offset         6 s2 freq     +20 delay      0',
  'phc2sys[28.219]: CLOCK_REALTIME phc offset        -8 s2 freq    -124 delay      0',
  'phc2sys[28.525]: CLOCK_REALTIME phc offset        11 s2 freq     +75 delay      0',
  'phc2sys[28.731]: CLOCK_REALTIME phc offset         3 s2 freq      -4 delay      0',
  'phc2sys[34.743]: CLOCK_REALTIME phc offset       -10 s0 freq     -37 delay      0',
  'phc2sys[37.646]: CLOCK_REALTIME phc offset        17 s2 freq     -55 delay      0',
  'phc2sys[38.562]: CLOCK_REALTIME phc offset        13 s2 freq      -9 delay      0',
  'phc2sys[38.664]: CLOCK_REALTIME phc offset 999136748 s2 freq +100000000 delay      0',
  'phc2sys[39.073]: CLOCK_REALTIME phc offset 953725752 s2 freq -100000000 delay      0',
  'phc2sys[41.881]: CLOCK_REALTIME phc offset 39956774277 s0 freq      +0 delay      0',
  'phc2sys[47.029]: CLOCK_REALTIME phc offset -40057531369 s0 freq      +0 delay      0',
  'phc2sys[52.115]: CLOCK_REALTIME phc offset 2999999959933934 s0 freq      +0 delay      0',
  'phc2sys[54.177]: CLOCK_REALTIME phc offset -3000000043728603 s0 freq      +0 delay      0',
  'phc2sys[62.215]: CLOCK_REALTIME phc offset    -16412 s0 freq      +0 delay   2896',
];

/** The same, of -u. */
export const RECORDED_SUMMARIES: readonly string[] = [
  'phc2sys[11.887]: CLOCK_REALTIME rms   13 max   22 freq     -1 +/-  21 delay     0 +/-   0',
  'phc2sys[12.394]: CLOCK_REALTIME rms   23 max   29 freq    -25 +/-  14 delay     0 +/-   0',
  'phc2sys[13.403]: CLOCK_REALTIME rms   10 max   16 freq    -73 +/-   2 delay     0 +/-   0',
  'phc2sys[13.907]: CLOCK_REALTIME rms    9 max   14 freq    -60 +/-   6 delay     0 +/-   0',
  'phc2sys[16.946]: CLOCK_REALTIME rms    5 max    8 freq    -52 +/-   3 delay     0 +/-   0',
  'phc2sys[22.969]: CLOCK_REALTIME rms  118 max  204 freq   +381 +/- 239 delay  2194 +/- 450',
  'phc2sys[23.477]: CLOCK_REALTIME rms  344 max  537 freq     -6 +/- 202 delay  2559 +/- 207',
  'phc2sys[23.989]: CLOCK_REALTIME rms  238 max  376 freq   -380 +/-  20 delay  2396 +/- 494',
  'phc2sys[24.495]: CLOCK_REALTIME rms   83 max  134 freq   -325 +/-  77 delay  1929 +/- 525',
  'phc2sys[25.503]: CLOCK_REALTIME rms  119 max  137 freq    +31 +/-  46 delay  2027 +/-  89',
  'phc2sys[26.009]: CLOCK_REALTIME rms   75 max  113 freq   +130 +/-  18 delay  2126 +/- 312',
  'phc2sys[26.513]: CLOCK_REALTIME rms   61 max  130 freq    +72 +/-  55 delay  2069 +/- 133',
  'phc2sys[27.018]: CLOCK_REALTIME rms   89 max  149 freq    -69 +/-  38 delay  2162 +/- 361',
  'phc2sys[27.451]: CLOCK_REALTIME rms   48 max   81 freq    -99 +/-  32 delay  2196 +/- 386',
  'phc2sys[44.522]: CLOCK_REALTIME rms 39702387773 max 39741484756 freq     +0 +/-   0 delay     0 +/-   0',
  'phc2sys[66.252]: CLOCK_REALTIME rms 51698 max 51698 freq     +0 +/-   0 delay     0 +/-   0',
  'phc2sys[71.800]: CLOCK_REALTIME rms 99114 max 100439 freq     +0 +/-   0 delay     0 +/-   0',
  'phc2sys[72.204]: CLOCK_REALTIME rms 102664 max 103987 freq     +0 +/-   0 delay     0 +/-   0',
];

/** What else it printed. */
export const RECORDED_TEXTS: readonly string[] = [
  'phc2sys[38.968]: clockcheck: clock jumped forward or running faster than expected!',
  'phc2sys[74.277]: unknown clock /dev/ptp9: No such device',
];
