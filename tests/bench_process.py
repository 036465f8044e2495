"""A process seen from outside: the time and the memory that it has used."""

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far, all threads together."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return clock(told_by_ps("time", pid))


def busy() -> float | None:
    """Processor time that the whole machine has used since its start; None where it is not told."""
    told = Path("/proc/stat")
    if not told.exists():
        return None
    user, nice, system, _, _, *interrupts = map(int, told.read_text().split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process with all that it has started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


class Others:
    """What everything else on the machine takes meanwhile, in percent of one core.

    Figures that were taken while others worked say less about the program.
    """

    def __enter__(self) -> "Others":
        self.percent: float | None = None
        self.start, self.busy, self.own = time.perf_counter(), busy(), self._own()
        return self

    def __exit__(self, *_: object) -> None:
        after = busy()
        if after is not None and self.busy is not None:
            spent = after - self.busy - (self._own() - self.own)
            self.percent = max(0.0, 100 * spent / (time.perf_counter() - self.start))

    def _own(self) -> float:
        """The processor time of this process, its server and its browser."""
        if not Path("/proc/stat").exists():
            return 0.0
        total = sum(os.times()[:4])  # of this process, and of those that it started and that ended
        for pid in family(os.getpid())[1:]:
            with suppress(OSError):
                total += cpu_seconds(pid)
        return total

    def __str__(self) -> str:
        return "" if self.percent is None else f"{self.percent:.0f}"


def clock(spelled: str) -> float:
    """Seconds in what `ps -o time=` prints.

    >>> clock("1:02.50"), clock("1-00:00:01")
    (62.5, 86401.0)
    """
    days, _, rest = spelled.rpartition("-")
    parts = [float(part) for part in rest.split(":")]
    return 86400 * int(days or 0) + sum(v * 60**i for i, v in enumerate(reversed(parts)))


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    return int(told_by_ps("rss", pid)) / 1024


def told_by_ps(what: str, pid: int) -> str:
    """One column of ps for one process."""
    command = ["ps", "-o", f"{what}=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
