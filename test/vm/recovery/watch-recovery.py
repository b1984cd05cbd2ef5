#!/usr/bin/python3
"""Writes down what becomes of the guest's clock around a disruption, and what is claimed of it meanwhile.

One line each, instants in CLOCK_MONOTONIC_RAW ns:
  T raw device realtime marker                            the truth: one PRECISE reading (or one of --line)
  C raw-asked raw leap refid offset delay dispersion freq skew   chronyd's tracking (s, ppm)
  S raw-asked raw offset bound state                      vmclockd's status (ns; nan: no claim)
With --disrupt-line it is the hypervisor's other half, too: where the page has no time, the line must change with it.
It runs at real-time priority. Each reading takes the emulated guest some 0.2 ms, so the truth is taken often around the
disruption (--fast) and less often later (--slow). Ends after --seconds.
"""
import argparse
import json
import os
import select
import socket
import struct
import sys
import time

sys.path.insert(0, '/opt/bench')
import bench

arguments = argparse.ArgumentParser()
arguments.add_argument('--seconds', type=float, required=True)
arguments.add_argument('--fast', type=float, default=200)
arguments.add_argument('--slow', type=float, default=50)
arguments.add_argument('--fast-seconds', type=float, default=2)
arguments.add_argument('--device', default='/dev/ptp0')
arguments.add_argument('--line')
arguments.add_argument('--tracking-hertz', type=float, default=0)
arguments.add_argument('--status-hertz', type=float, default=0)
arguments.add_argument('--disrupt-line', help='STEP_NS:PPB, what the line in --line does when the marker changes')
options = arguments.parse_args()

CHRONYD, STATUS, OURS = '/run/chrony/chronyd.sock', '/run/vmclockd/status.sock', '/run/chrony/watch-recovery.sock'
raw_now = lambda: time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
page, source = bench.Page(), bench.truth(options)
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
lines = []


def chrony_float(bits):
    exponent, coefficient = bits >> 25, bits & 0x1FFFFFF
    exponent -= 128 if exponent >= 64 else 0
    coefficient -= 1 << 25 if coefficient >= 1 << 24 else 0
    return coefficient * 2.0 ** (exponent - 25)


class Tracking:
    """chronyd's command socket; answers are taken when they come."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if os.path.exists(OURS):
            os.unlink(OURS)
        self.socket.bind(OURS)
        os.chmod(OURS, 0o666)
        self.socket.setblocking(False)
        self.asked = {}
        self.count = 0

    def ask(self):
        self.count = (self.count + 1) & 0xFFFFFFFF
        try:
            self.socket.sendto(struct.pack('>BBBBHHI', 6, 1, 0, 0, 33, 0, self.count) + bytes(92), CHRONYD)
        except OSError:
            return
        self.asked[self.count] = raw_now()

    def take(self):
        try:
            data = self.socket.recv(512)
        except OSError:
            return
        now = raw_now()
        if len(data) < 104 or struct.unpack_from('>H', data, 6)[0] != 5:
            return
        asked = self.asked.pop(struct.unpack_from('>I', data, 16)[0], None)
        if asked is None:
            return
        refid, leap = struct.unpack_from('>I', data, 28)[0], struct.unpack_from('>H', data, 54)[0]
        correction, _, _, frequency, _, skew, delay, dispersion, _ = map(chrony_float, struct.unpack_from('>9I', data, 68))
        lines.append('C %d %d %d %08x %.12g %.12g %.12g %.12g %.12g' % (asked, now, leap, refid, correction, delay, dispersion, frequency, skew))


class Status:
    """vmclockd's status socket: one document a connection."""

    def __init__(self):
        self.socket = None

    def ask(self):
        if self.socket is not None:
            return
        self.asked, self.text = raw_now(), b''
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        try:
            self.socket.connect(STATUS)
        except OSError:
            self.socket = None

    def take(self):
        if self.socket is None:
            return
        try:
            chunk = self.socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            chunk = b''
        if chunk:
            self.text += chunk
            return
        now = raw_now()
        self.socket.close()
        self.socket = None
        try:
            document = json.loads(self.text)
        except ValueError:
            return
        sample = document['sample']
        claim = '%r %r' % (sample['offsetNs'], sample['boundNs']) if sample else 'nan nan'
        lines.append('S %d %d %s %s' % (self.asked, now, claim, document['state']['name']))


def disrupt_line():
    step, ppb = [int(word) for word in options.disrupt_line.split(':')]
    with open(options.line) as file:
        raw0, time0, ppb0 = [int(word) for word in file.read().split()[:3]]
    raw = raw_now()
    now = time0 + (raw - raw0) + (raw - raw0) * ppb0 // 10**9
    with open(options.line + '.next', 'w') as file:
        file.write('%d %d %d -' % (raw, now + step, ppb0 + ppb))
    os.rename(options.line + '.next', options.line)
    options.disrupt_line = None


def await_disruption(until):
    """Looks often for the marker: the line must not change much later. Reading the truth so often would leave nothing to others."""
    while time.monotonic() < until:
        if page.marker() != marker:
            disrupt_line()
            return
        time.sleep(0.001)


asked = [(Tracking(), options.tracking_hertz), (Status(), options.status_hertz)]
asked = [[what, 1 / hertz, 0.0] for what, hertz in asked if hertz > 0]
began = time.monotonic()
marker, changed = page.marker(), None
due = began
print('# watching', flush=True)
while time.monotonic() < began + options.seconds:
    if options.disrupt_line and changed is None:
        await_disruption(due)
    try:
        (device, realtime, raw), now_marker, _ = bench.settled(page, source)
        lines.append('T %d %d %d %d' % (raw, device, realtime, now_marker))
        if now_marker != marker:
            marker, changed = now_marker, time.monotonic()
    except OSError as error:
        lines.append('# %d' % error.errno)
    now = time.monotonic()
    for entry in asked:
        entry[0].take()
        if now >= entry[2]:
            entry[0].ask()
            entry[2] = now + entry[1]
    fast = changed is None or now < changed + options.fast_seconds
    due = max(due + 1 / (options.fast if fast else options.slow), now)
    if not options.disrupt_line or changed is not None:
        time.sleep(max(0, due - time.monotonic()))
os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
if os.path.exists(OURS):
    os.unlink(OURS)
print('\n'.join(lines))
print('# done')
