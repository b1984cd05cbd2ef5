#!/usr/bin/python3
"""Stands where chronyd's refclock SOCK would be and writes down every datagram next to the truth at its arrival.

One line a datagram: the page's sequence count as it arrived, the sample's time stamp (ns), its offset (s), leap, magic, then
the truth: device, realtime, monotonic-raw (ns), marker, sequence. It runs at real-time priority, so that a datagram is
looked at before its sender goes on.
Usage: sock-recorder.py SOCKET [--device PATH | --line FILE]
"""
import argparse
import os
import socket
import struct
import sys

import bench

arguments = argparse.ArgumentParser()
arguments.add_argument('socket')
arguments.add_argument('--device', default='/dev/ptp0')
arguments.add_argument('--line')
options = arguments.parse_args()

page = bench.Page()
source = bench.truth(options)
if os.path.exists(options.socket):
    os.unlink(options.socket)
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(options.socket)
os.chmod(options.socket, 0o666)
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
while True:
    data = receiver.recv(256)
    arrived = page.sequence()
    try:
        (device, realtime, raw), marker, sequence = bench.settled(page, source, 1)
    except OSError as error:
        print('# truth', error.errno, arrived)
        continue
    if len(data) == 40:
        seconds, micros, offset, pulse, leap, _, magic = struct.unpack('=qqdiiii', data)
        stamp = seconds * 10**9 + micros * 1000
        print(arrived, stamp, repr(offset), leap, '%x' % magic, device, realtime, raw, marker, sequence)
    else:
        print('# size', len(data))
    sys.stdout.flush()
