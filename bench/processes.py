"""Processor seconds and memory of processes, as Linux counts them."""

import os
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def server_of(port):
    """Return the granian on this port: the parent of the processes that serve."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"--port\0{port}\0" in path.read_text() and _children(int(path.parts[2])):
                return int(path.parts[2])
        except OSError:
            continue
    raise RuntimeError("no such server")


def worker_of(port):
    """Return the process that serves: the child of the granian on this port."""
    return _children(server_of(port))[0]


def cpu_of(pid):
    """Return the processor seconds that a process has used so far."""
    return sum(_ticks(pid)[:2]) / TICKS_PER_SECOND


def cpu_of_all(pid):
    """Return the processor seconds of a process and all of its descendants, those that have ended too."""
    return sum(_ticks(pid)) / TICKS_PER_SECOND + sum(cpu_of_all(child) for child in _children(pid))


def memory_of(port):
    """Return the resident bytes of the process that serves."""
    status = Path(f"/proc/{worker_of(port)}/status").read_text()
    return 1024 * int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def parent_of(pid):
    return int(_fields(pid)[1])


def _ticks(pid):
    """Return user and system time of a process, and of its children that have ended."""
    return [int(field) for field in _fields(pid)[11:15]]


def _fields(pid):
    """Return the fields of its stat file behind the name, which may contain anything."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def _children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
