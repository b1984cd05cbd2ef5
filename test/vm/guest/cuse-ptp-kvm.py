#!/usr/bin/python3
"""A stand-in for ptp_kvm: a character device (CUSE) that answers PTP_SYS_OFFSET and nothing better.

PRECISE gets ENODEV and EXTENDED EOPNOTSUPP, as on a guest whose clocksource is tsc. The device's time is a line over
CLOCK_MONOTONIC_RAW, read from a file that the test may replace at any time: "RAW_NS TIME_NS PPB [precise]" (time at that
raw time, and rate; with the last word PRECISE works too). Brackets are 1 to 5 µs, one in twenty is a spike of up to 200 µs, and where in its bracket the device was read
varies: what a hypercall looks like.
With --hold-every N each Nth PTP_SYS_OFFSET is held: once it has been read, wholly or by half, "held" goes to
/dev/hvc1, the answer waits until the page's marker has changed and 20 ms are over, and the line steps by 3 ms. One line
of output for each: CLOCK_REALTIME (ns) of the first and the last stamp in the answer.
Usage: cuse-ptp-kvm.py NAME LINE-FILE [--hold-every N --holds COUNT]
"""
import argparse
import os
import random
import struct
import time

import bench

arguments = argparse.ArgumentParser()
arguments.add_argument('name')
arguments.add_argument('line_file')
arguments.add_argument('--hold-every', type=int, default=0)
arguments.add_argument('--holds', type=int, default=0)
options = arguments.parse_args()
name, line_file = options.name, options.line_file
page = bench.Page() if options.hold_every else None
asked, held = 0, 0
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


def series(count):
    """System and device stamps in turn, ns, for so many readings that end now: the last system stamp is the latest."""
    (raw0, time0, ppb), _ = line()
    realtime, raw = bench.clock_pair()
    brackets = [random.randint(1000, 5000) + (random.randint(5000, 200000) if random.random() < 0.05 else 0) for _ in range(count)]
    at = -sum(brackets)
    answer = [realtime + at]
    for bracket in brackets:
        read = raw + at + int(bracket * random.uniform(0.05, 0.95))
        at += bracket
        answer += [time0 + (read - raw0) + (read - raw0) * ppb // 10**9, realtime + at]
    return answer


def hold(number):
    """Tells the host that it is time for a disruption and waits for it. True time jumps with it."""
    began, marker = time.monotonic(), page.marker()
    with open('/dev/hvc1', 'w') as host:
        host.write('held\n')
    while page.marker() == marker or time.monotonic() < began + 0.02:
        if time.monotonic() > began + 10:
            print('# the host did not answer', flush=True)
            break
        time.sleep(0.001)
    (raw0, time0, ppb), _ = line()
    with open(line_file + '.new', 'w') as file:
        file.write('%d %d %d -' % (raw0, time0 + (3000000 if number % 4 < 2 else -3000000), ppb))
    os.rename(line_file + '.new', line_file)


def offsets(count):
    global asked, held
    asked += 1
    if not options.hold_every or asked % options.hold_every or held == options.holds:
        answer = series(count)
    else:
        before = count if held % 2 == 0 else count // 2
        answer = series(before)
        hold(held)
        if before < count:
            # The reading in the middle of the disruption has a wide bracket, as it would have.
            answer += series(count - before)[1:]
        held += 1
        print(answer[0], answer[-1], flush=True)
    return struct.pack('=IIII', count, 0, 0, 0) + b''.join(map(stamp, answer)) + bytes(16 * (50 - 2 * count))


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
