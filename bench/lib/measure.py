#!/usr/bin/env python3
"""measure.py --report FILE [--cpus LIST] [--timeout SECONDS] -- COMMAND [ARG...]

Runs a command and writes to FILE what it and all its descendants used:
  wall     seconds until the command ended
  cpu      user + system seconds of all of them, taken by the kernel (wait4), so nothing falls between samples
  rss      peak of the sum of resident bytes over all living descendants, sampled every 20 ms
  anon     the same, without pages of files
  others   CPU seconds the rest of the machine used in the same time (kernel threads that write for the command, too)
A descendant whose parent ended becomes this process's child (PR_SET_CHILD_SUBREAPER), so servers that were left
behind are counted, too, and are ended after the command. Linux only.
"""

import argparse
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time

PR_SET_CHILD_SUBREAPER = 36
PAGE = os.sysconf("SC_PAGE_SIZE")
GRACE_SECONDS = 5


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--report", required=True)
    parser.add_argument("--cpus")
    parser.add_argument("--timeout", type=float, default=3600)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command

    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
    if arguments.cpus:
        os.sched_setaffinity(0, {int(cpu) for cpu in arguments.cpus.split(",")})

    peak = Peak()
    sampler = threading.Thread(target=peak.watch, daemon=True)
    busy = machine_busy()
    started = time.monotonic()
    child = subprocess.Popen(command)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end_all())
    sampler.start()
    try:
        code = child.wait(arguments.timeout)
    except subprocess.TimeoutExpired:
        code = 124
    wall = time.monotonic() - started
    end_all()
    peak.stop()
    sampler.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    others = max(0, machine_busy() - busy - cpu - own.ru_utime - own.ru_stime)
    report = {"exit": code, "wall": wall, "cpu": cpu, "rss": peak.rss, "anon": peak.anon, "others": others}
    with open(arguments.report, "w") as file:
        json.dump(report, file)
    return 0


def machine_busy() -> float:
    """Seconds all CPUs have spent on anything but waiting."""
    with open("/proc/stat") as file:
        user, nice, system, _idle, _iowait, irq, softirq, steal, *_ = map(int, file.readline().split()[1:])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def end_all() -> None:
    """Descendants that outlived the command: asked first, then killed; each is waited for, so that its CPU counts."""
    deadline = time.monotonic() + GRACE_SECONDS
    while True:
        reap()
        living = descendants()
        if not living:
            return
        number = signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL
        for pid in living:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
        time.sleep(0.1)


def reap() -> None:
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def descendants(root: int | None = None) -> list[int]:
    found = []
    queue = [root or os.getpid()]
    while queue:
        parent = queue.pop()
        try:
            tasks = os.listdir(f"/proc/{parent}/task")
        except OSError:
            continue
        for task in tasks:
            try:
                with open(f"/proc/{parent}/task/{task}/children") as file:
                    children = [int(pid) for pid in file.read().split()]
            except OSError:
                continue
            found += children
            queue += children
    return found


class Peak:
    rss = 0
    anon = 0

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def watch(self) -> None:
        while not self._stopped.wait(0.02):
            rss = anon = 0
            for pid in descendants():
                try:
                    with open(f"/proc/{pid}/statm") as file:
                        _, resident, shared, *_ = map(int, file.read().split())
                except (OSError, ValueError):
                    continue
                rss += resident * PAGE
                anon += (resident - shared) * PAGE
            self.rss = max(self.rss, rss)
            self.anon = max(self.anon, anon)

    def stop(self) -> None:
        self._stopped.set()


if __name__ == "__main__":
    sys.exit(main())
