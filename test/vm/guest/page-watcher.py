#!/usr/bin/python3
"""Says when the page changed, to a millisecond or so.

One line a change of the marker or generation, once the page is even: CLOCK_REALTIME (ns) of the last look before the
change and of the first after it, marker, generation. It runs at real-time priority and looks once a millisecond.
"""
import os
import struct
import sys
import time

import bench

page = bench.Page()
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(11))


def counts():
    return page.marker(), struct.unpack_from('=Q', page.memory, 0x68)[0]


known, before = counts(), time.clock_gettime_ns(time.CLOCK_REALTIME)
while True:
    time.sleep(0.001)
    sequence, now = page.sequence(), counts()
    after = time.clock_gettime_ns(time.CLOCK_REALTIME)
    if sequence % 2 == 0 and now != known and page.sequence() == sequence:
        print(before, after, *now)
        sys.stdout.flush()
        known = now
    before = after
