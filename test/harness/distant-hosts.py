"""Hosts that are far from each other: network namespaces, joined by a link of user space that delays and loses packets.

Usage: distant-hosts.py PREFIX ONE_WAY_MS LOSS SEED HOST=ADDRESS...

Each host is a namespace PREFIX-HOST with its loopback and one TUN device. This process passes the packets on, each ONE_WAY_MS later
unless it is lost (with probability LOSS), so that a real TCP at both ends meets the delay and the loss. It needs root and /dev/net/tun, and
no module of the kernel for `tc netem`.

On standard input, a line each: `cut HOST HOST` drops everything between two hosts, `join HOST HOST` ends that. It says `ready` when the
hosts are there, `done` after each line, and, when its input ends, how many packets it passed and lost; then it removes the hosts.
"""

import ctypes
import fcntl
import heapq
import itertools
import os
import random
import selectors
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
LARGEST_PACKET = 65_535
LIBC = ctypes.CDLL(None, use_errno=True)


def enter(path: str) -> None:
    """Moves this process into the network namespace of a file."""
    with open(path, "rb") as namespace:
        if LIBC.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {path}")


def ip(*words: str) -> None:
    """Runs `ip`; an error ends this process with what it said."""
    subprocess.run(["ip", *words], check=True)


def make_host(namespace: str, address: str) -> int:
    """Makes a namespace with a TUN device of this address; returns the device's descriptor."""
    ip("netns", "add", namespace)
    with open("/proc/self/ns/net", "rb") as home:
        enter(f"/var/run/netns/{namespace}")
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"far0", IFF_TUN | IFF_NO_PI))
        LIBC.setns(home.fileno(), CLONE_NEWNET)
    ip("-n", namespace, "link", "set", "lo", "up")
    ip("-n", namespace, "addr", "add", f"{address}/24", "dev", "far0")
    ip("-n", namespace, "link", "set", "far0", "up", "txqueuelen", "1000")
    return device


class Link:
    """Passes packets between the devices of hosts."""

    def __init__(self, delay: float, loss: float, seed: int) -> None:
        self.delay, self.loss, self.random = delay, loss, random.Random(seed)
        self.devices: dict[bytes, int] = {}
        self.cuts: set[frozenset[bytes]] = set()
        self.late: list[tuple[float, int, int, bytes]] = []
        self.order = itertools.count()
        self.passed = self.lost = self.dropped = 0

    def take(self, device: int) -> None:
        """Reads what a device sends; each packet is lost, dropped or passed on later."""
        while True:
            try:
                packet = os.read(device, LARGEST_PACKET)
            except BlockingIOError:
                return
            source, target = packet[12:16], packet[16:20]
            if packet[0] >> 4 != 4 or target not in self.devices:
                continue
            if frozenset((source, target)) in self.cuts:
                self.dropped += 1
            elif self.random.random() < self.loss:
                self.lost += 1
            else:
                due = time.monotonic() + self.delay
                heapq.heappush(self.late, (due, next(self.order), self.devices[target], packet))

    def deliver(self) -> float | None:
        """Hands over what is due; returns the seconds until the next packet is, None if there is none."""
        while self.late:
            wait = self.late[0][0] - time.monotonic()
            if wait > 0:
                return wait
            _, _, device, packet = heapq.heappop(self.late)
            try:
                os.write(device, packet)
                self.passed += 1
            except OSError:
                self.dropped += 1
        return None


def run(link: Link, addresses: dict[str, bytes]) -> None:
    """Passes packets and obeys standard input until it ends."""
    selector = selectors.DefaultSelector()
    for device in link.devices.values():
        selector.register(device, selectors.EVENT_READ)
    selector.register(0, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select(link.deliver()):
            if key.fd != 0:
                link.take(key.fd)
                continue
            text = os.read(0, 4_096).decode()
            if not text:
                return
            for line in text.splitlines():
                word, *hosts = line.split()
                pair = frozenset(addresses[host] for host in hosts)
                (link.cuts.add if word == "cut" else link.cuts.discard)(pair)
                print("done", flush=True)


def main() -> None:
    """Makes the hosts, runs the link, and removes the hosts."""
    prefix, delay, loss, seed, *hosts = sys.argv[1:]
    link = Link(float(delay) / 1_000, float(loss), int(seed))
    addresses: dict[str, bytes] = {}
    try:
        for host, address in (word.split("=") for word in hosts):
            addresses[host] = bytes(int(part) for part in address.split("."))
            link.devices[addresses[host]] = make_host(f"{prefix}-{host}", address)
        print("ready", flush=True)
        run(link, addresses)
        print(f"passed {link.passed}, lost {link.lost}, dropped {link.dropped}", flush=True)
    finally:
        for host in addresses:
            subprocess.run(["ip", "netns", "delete", f"{prefix}-{host}"], check=False)


main()
