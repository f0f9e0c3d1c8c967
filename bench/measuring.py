"""Wall and CPU seconds and peak memory of one command, at a quiet moment if there is one."""
import os
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")
ONCE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "once.py")
START = 0.03  # seconds that once.py itself takes, about, and the grain of the kernel's count


class Failed(Exception):
    pass


def pin(most=2):
    """Keeps this process, and all that it starts, on at most this many CPUs."""
    cpus = sorted(os.sched_getaffinity(0))[:most]
    os.sched_setaffinity(0, cpus)
    return cpus


def first_in_line():
    """Has what is measured go before all other work on the machine (every row alike), where that is allowed: whether it is."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        return True
    except OSError:
        return False


def busy_seconds(cpus):
    """What these CPUs have done for anybody since the machine started."""
    total = 0
    with open("/proc/stat") as stat:
        for line in stat:
            name, *fields = line.split()
            if name.startswith("cpu") and name[3:] and int(name[3:]) in cpus:
                user, nice, system, _idle, _wait, interrupts, soft = map(int, fields[:7])
                total += user + nice + system + interrupts + soft
    return total / TICK


def process_seconds(pid):
    """CPU seconds of a process that goes on (a registry), 0 without one."""
    try:
        with open("/proc/%d/stat" % pid) as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK
    except (OSError, TypeError):
        return 0.0


class Clock:
    """Samples are taken when others leave the CPUs alone, and taken again (of every row alike) when they did not."""

    def __init__(self, cpus, patience, log):
        self.cpus, self.patience, self.log = cpus, patience, log
        self.least_rss = self.once(["true"], "/")["rss"]  # what a command that needs nothing seems to need

    def wait_for_quiet(self):
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            before = busy_seconds(self.cpus)
            time.sleep(0.25)
            if busy_seconds(self.cpus) - before <= 0.04:
                return

    def once(self, command, folder, server=None):
        shell = isinstance(command, str)
        argv = ["bash", "-euo", "pipefail", "-c", command] if shell else command
        busy, served = busy_seconds(self.cpus), process_seconds(server)
        told = subprocess.run([sys.executable, "-I", "-S", ONCE, folder, self.log + ".out", self.log, *argv],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True)
        wall, cpu, rss, code = map(float, told.stdout.split())
        if code != 0:
            with open(self.log, errors="replace") as log:
                raise Failed("%s\n%s" % (argv[-1] if shell else " ".join(command), log.read()[-2000:]))
        others = busy_seconds(self.cpus) - busy - cpu - (process_seconds(server) - served) - START
        return {"wall": wall, "cpu": cpu, "rss": int(rss), "others": max(0.0, others) / ((wall + START) * len(self.cpus))}

    def sample(self, row, folder, server=lambda: None):
        """The least disturbed of up to three goes."""
        best = None
        for _ in range(3 if self.patience else 1):
            if row.prepare:
                row.prepare()
            os.sync()
            if self.patience:
                self.wait_for_quiet()
            taken = self.once(row.command, folder, server())
            if best is None or taken["others"] < best["others"]:
                best = taken
                if row.parse:
                    with open(self.log + ".out") as out:
                        best["parts"] = row.parse(out.read())
                if row.size:
                    best["size"] = row.size()
            if best["others"] <= 0.1:
                break
        return best
