#!/usr/bin/python3
"""Waits for /dev/vmclock0 with poll() and says what came of it, once a wake-up.

One line: milliseconds waited, events (hexadecimal), marker, sequence. Reading the page re-arms poll().
Usage: poll-page.py [--count N] [--timeout MS]
"""
import argparse
import select
import sys
import time

import bench

arguments = argparse.ArgumentParser()
arguments.add_argument('--count', type=int, default=1)
arguments.add_argument('--timeout', type=int, default=2000)
options = arguments.parse_args()

page = bench.Page()
page.read()
poller = select.poll()
poller.register(page.descriptor, select.POLLIN)
print('waiting')
sys.stdout.flush()
for _ in range(options.count):
    started = time.monotonic()
    events = poller.poll(options.timeout)
    waited = (time.monotonic() - started) * 1000
    page.read()
    print('%.1f' % waited, '%x' % (events[0][1] if events else 0), page.marker(), page.sequence())
    sys.stdout.flush()
