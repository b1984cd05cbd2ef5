"""The kernel's interfaces as the bench's guest tools use them. Written apart from the product on purpose."""
import fcntl
import mmap
import os
import struct
import time

PTP_SYS_OFFSET_PRECISE = 0xC0403D08


def open_device(path):
    return os.open(path, os.O_RDONLY)


class Page:
    """The vmclock page, looked at in place."""

    def __init__(self, path='/dev/vmclock0'):
        self.descriptor = open_device(path)
        self.memory = mmap.mmap(self.descriptor, 4096, mmap.MAP_SHARED, mmap.PROT_READ)

    def sequence(self):
        return struct.unpack_from('=I', self.memory, 0x0C)[0]

    def marker(self):
        return struct.unpack_from('=Q', self.memory, 0x10)[0]

    def read(self):
        """Reads through the driver, which waits for an even page and re-arms poll()."""
        return os.pread(self.descriptor, 112, 0)


class PreciseTruth:
    """The vmclock PHC: one cross time stamp, exact to nanoseconds."""

    def __init__(self, path):
        self.descriptor = open_device(path)

    def read(self):
        """Device, CLOCK_REALTIME and CLOCK_MONOTONIC_RAW at the same instant, ns."""
        answer = fcntl.ioctl(self.descriptor, PTP_SYS_OFFSET_PRECISE, bytes(64))
        d, dn, _, r, rn, _, m, mn, _ = struct.unpack('=qIIqIIqII', answer[:48])
        return d * 10**9 + dn, r * 10**9 + rn, m * 10**9 + mn


def clock_pair():
    """CLOCK_REALTIME and CLOCK_MONOTONIC_RAW at one instant, ns: the tightest of some sandwiches."""
    clock, realtime_id, raw_id = time.clock_gettime_ns, time.CLOCK_REALTIME, time.CLOCK_MONOTONIC_RAW
    tries = [(clock(raw_id), clock(realtime_id), clock(raw_id)) for _ in range(12)]
    before, realtime, after = min(tries, key=lambda t: t[2] - t[0])
    return realtime, (before + after) // 2


class LineTruth:
    """A line over CLOCK_MONOTONIC_RAW in a file: "RAW_NS TIME_NS PPB …". For pages that carry no time; good to 1 µs or so."""

    def __init__(self, path):
        self.path = path

    def read(self):
        with open(self.path) as file:
            raw0, time0, ppb = [int(word) for word in file.read().split()[:3]]
        realtime, raw = clock_pair()
        return time0 + (raw - raw0) + (raw - raw0) * ppb // 10**9, realtime, raw


def truth(options):
    return LineTruth(options.line) if options.line else PreciseTruth(options.device)


def settled(page, source, patience=0.3):
    """A reading of the truth and the page's marker and sequence count that it belongs to."""
    deadline = time.monotonic() + patience
    while True:
        before = page.sequence()
        marker = page.marker()
        try:
            reading = source.read()
        except OSError:
            # The driver has waited for an even page, too.
            if time.monotonic() > deadline:
                raise
            continue
        if before % 2 == 0 and page.sequence() == before:
            return reading, marker, before
        if time.monotonic() > deadline:
            raise OSError(110, 'page unsettled')
