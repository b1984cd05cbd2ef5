#!/usr/bin/python3
"""A stand-in for ptp_kvm: a character device (CUSE) that answers PTP_SYS_OFFSET and nothing better.

PRECISE gets ENODEV and EXTENDED EOPNOTSUPP, as on a guest whose clocksource is tsc. The device's time is a line over
CLOCK_MONOTONIC_RAW, read from a file that the test may replace at any time: "RAW_NS TIME_NS PPB [precise]" (time at that
raw time, and rate; with the last word PRECISE works too). Brackets are 1 to 5 µs, one in twenty is a spike of up to 200 µs, and where in its bracket the device was read
varies: what a hypercall looks like.
Usage: cuse-ptp-kvm.py NAME LINE-FILE
"""
import os
import random
import struct
import sys

import bench

name, line_file = sys.argv[1], sys.argv[2]
INIT, OPEN, READ, WRITE, RELEASE, IOCTL, INTERRUPT = 4096, 14, 15, 16, 18, 39, 36
PTP_SYS_OFFSET, PTP_SYS_OFFSET2 = 0x43403D05, 0x43403D0E
PTP_CLOCK_GETCAPS, PTP_CLOCK_GETCAPS2 = 0x80503D01, 0x80503D0A
PRECISE, PRECISE2 = 0xC0403D08, 0xC0403D11
EXTENDED, EXTENDED2 = 0xC4C03D09, 0xC4C03D12
ENODEV, ENOTTY, EOPNOTSUPP = 19, 25, 95
UNRESTRICTED, RETRY = 1, 4


def line():
    with open(line_file) as file:
        words = file.read().split()
    return [int(word) for word in words[:3]], 'precise' in words


def stamp(ns):
    return struct.pack('=qII', ns // 10**9, ns % 10**9, 0)


def offsets(count):
    """Readings that end now: the last system time stamp is the latest."""
    (raw0, time0, ppb), _ = line()
    realtime, raw = bench.clock_pair()
    brackets = [random.randint(1000, 5000) + (random.randint(5000, 200000) if random.random() < 0.05 else 0) for _ in range(count)]
    at = -sum(brackets)
    answer = stamp(realtime + at)
    for bracket in brackets:
        read = raw + at + int(bracket * random.uniform(0.05, 0.95))
        answer += stamp(time0 + (read - raw0) + (read - raw0) * ppb // 10**9)
        at += bracket
        answer += stamp(realtime + at)
    return struct.pack('=IIII', count, 0, 0, 0) + answer + bytes(16 * (50 - 2 * count))


def cross():
    (raw0, time0, ppb), _ = line()
    realtime, raw = bench.clock_pair()
    return stamp(time0 + (raw - raw0) + (raw - raw0) * ppb // 10**9) + stamp(realtime) + stamp(raw) + bytes(16)


def retry(argument, in_size, out_size):
    """Asks the kernel to call again with the caller's struct, and room for ours."""
    areas = [struct.pack('=QQ', argument, size) for size in (in_size, out_size) if size]
    return struct.pack('=iIII', 0, RETRY, 1 if in_size else 0, 1) + b''.join(areas)


def ioctl(payload):
    """The reply's body, or a negative errno."""
    _, flags, command, argument, in_size, out_size = struct.unpack_from('=QIIQII', payload)
    data = payload[32:32 + in_size]
    if command in (PRECISE, PRECISE2):
        if not line()[1]:
            return -ENODEV
        return struct.pack('=iIII', 0, 0, 0, 0) + cross() if out_size >= 64 else retry(argument, 64, 64)
    if command in (EXTENDED, EXTENDED2):
        return -EOPNOTSUPP
    if command in (PTP_SYS_OFFSET, PTP_SYS_OFFSET2):
        if in_size < 832 or out_size < 832:
            return retry(argument, 832, 832)
        count = max(1, min(25, struct.unpack_from('=I', data)[0]))
        return struct.pack('=iIII', 0, 0, 0, 0) + offsets(count)
    if command in (PTP_CLOCK_GETCAPS, PTP_CLOCK_GETCAPS2):
        if out_size < 80:
            return retry(argument, 0, 80)
        return struct.pack('=iIII', 0, 0, 0, 0) + bytes(80)
    return -ENOTTY


cuse = os.open('/dev/cuse', os.O_RDWR)
while True:
    request = os.read(cuse, 1 << 20)
    length, opcode, unique = struct.unpack_from('=IIQ', request)
    payload = request[40:length]
    if opcode == INIT:
        major, minor = struct.unpack_from('=II', payload)
        body = struct.pack('=IIIIIIII', major, minor, 0, UNRESTRICTED, 131072, 131072, 0, 0)
        body += bytes(40) + b'DEVNAME=' + name.encode() + b'\0'
    elif opcode == OPEN:
        body = struct.pack('=QII', 1, 0, 0)
    elif opcode == RELEASE:
        body = b''
    elif opcode == IOCTL:
        body = ioctl(payload)
    elif opcode == INTERRUPT:
        continue
    else:
        body = -38
    error = body if isinstance(body, int) else 0
    body = b'' if isinstance(body, int) else body
    os.write(cuse, struct.pack('=IiQ', 16 + len(body), error, unique) + body)
