#!/usr/bin/python3
"""Prints the truth about the guest's clock: PRECISE readings of the vmclock PHC beside the page's marker.

One line a reading: device realtime monotonic-raw marker sequence (ns, ns, ns, count, count).
Under QEMU's emulation these readings are exact to nanoseconds, whatever the guest's load.
Usage: truth.py [--device PATH | --line FILE] [--rate HZ] [--count N]
"""
import argparse
import sys
import time

import bench

arguments = argparse.ArgumentParser()
arguments.add_argument('--device', default='/dev/ptp0')
arguments.add_argument('--line')
arguments.add_argument('--rate', type=float, default=25)
arguments.add_argument('--count', type=int, default=0)
options = arguments.parse_args()

page = bench.Page()
source = bench.truth(options)
taken = 0
while options.count == 0 or taken < options.count:
    try:
        reading, marker, sequence = bench.settled(page, source)
        print(*reading, marker, sequence)
    except OSError as error:
        print('#', error.errno, error.strerror)
    sys.stdout.flush()
    taken += 1
    time.sleep(1 / options.rate)
