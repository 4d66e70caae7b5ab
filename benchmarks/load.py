"""Load: many GETs over kept connections to a server on this machine, by wrk where there is one, else by Python.

The generator in Python is a process of its own, ``python -m benchmarks.load PORT PATH SECONDS CONNECTIONS``: one
thread that writes a request to each socket and reads what is ready. It does about ten times what one worker of a
Flask app can, so that the server is what is measured; a latency includes the time that answers wait for it.
"""

from __future__ import annotations

import json
import re
import selectors
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Final

ROOT: Final = Path(__file__).parent.parent
CONNECTIONS: Final = 4

_MICROSECONDS: Final = {"us": 1.0, "ms": 1e3, "s": 1e6}
_PERCENTILE: Final = re.compile(r"^\s*(50|99)%\s+([\d.]+)(us|ms|s)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did under load: requests per second, and the seconds that half and 99 % took at most."""

    throughput: float
    p50: float
    p99: float


def generator() -> str:
    """What makes the load."""
    return "wrk" if shutil.which("wrk") else "Python"


def load(port: int, path: str, seconds: float) -> Load:
    """Load a server; raises ``RuntimeError`` where a reply is no 200."""
    if generator() == "wrk" and seconds >= 1:
        return _by_wrk(port, path, seconds)
    arguments = [sys.executable, "-m", f"{__package__}.load", str(port), path, str(seconds), str(CONNECTIONS)]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return Load(**json.loads(done.stdout))


def _by_wrk(port: int, path: str, seconds: float) -> Load:
    asked = ("--latency", f"http://127.0.0.1:{port}{path}")
    arguments = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", *asked]
    return read_wrk(subprocess.run(arguments, capture_output=True, text=True, check=True).stdout)


def read_wrk(told: str) -> Load:
    """What wrk prints with ``--latency``; raises ``RuntimeError`` where a reply was no 200, or nothing is told."""
    if "Non-2xx" in told:
        raise RuntimeError("wrk met replies that are no 200")
    latencies = {share: float(number) * _MICROSECONDS[unit] / 1e6 for share, number, unit in _PERCENTILE.findall(told)}
    found = re.search(r"^Requests/sec:\s*([\d.]+)", told, re.MULTILINE)
    if found is None or len(latencies) < 2:
        raise RuntimeError("wrk tells no throughput, or no latencies")
    return Load(float(found[1]), latencies["50"], latencies["99"])


# The generator in Python


class Connection:
    """A kept connection, one request at a time; ``latencies`` are the seconds of all that were answered."""

    def __init__(self, port: int, path: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.latencies: list[float] = []
        self._request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode()
        self._size = 0

    def ask(self) -> None:
        """Send the request."""
        self._read = b""
        self._asked = perf_counter()
        self.socket.sendall(self._request)

    def read(self) -> None:
        """Take what has come, and ask again once the reply is whole; its size is that of the first."""
        chunk = self.socket.recv(262_144)
        self._read += chunk
        if not chunk or not self._read.startswith(b"HTTP/1.1 200 "[: len(self._read)]):
            raise RuntimeError(f"answered {self._read[:80]!r}")
        if not self._size and b"\r\n\r\n" in self._read:
            self._size = _size(self._read)
        if self._size and len(self._read) >= self._size:
            self.latencies.append(perf_counter() - self._asked)
            self.ask()


def _size(reply: bytes) -> int:
    head, _, _ = reply.partition(b"\r\n\r\n")
    found = re.search(rb"^content-length:\s*(\d+)", head, re.MULTILINE | re.IGNORECASE)
    if found is None:
        raise RuntimeError("a reply without Content-Length")
    return len(head) + 4 + int(found[1])


def generate(port: int, path: str, seconds: float, connections: int) -> Load:
    """Keep every connection busy for some seconds, and until there are two latencies to make quantiles of."""
    selector = selectors.DefaultSelector()
    kept = [Connection(port, path) for _ in range(connections)]
    for connection in kept:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask()
    start = perf_counter()
    while (took := perf_counter() - start) < seconds or sum(len(each.latencies) for each in kept) < 2:
        for key, _ in selector.select(timeout=1):
            key.data.read()
    for connection in kept:
        connection.socket.close()
    latencies = [latency for connection in kept for latency in connection.latencies]
    percentiles = quantiles(latencies, n=100, method="inclusive")
    return Load(len(latencies) / took, percentiles[49], percentiles[98])


if __name__ == "__main__":
    made = generate(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
    print(json.dumps({"throughput": made.throughput, "p50": made.p50, "p99": made.p99}))
