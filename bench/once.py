"""Runs one command and tells its wall seconds, CPU seconds, peak bytes and exit code: a process of its own, and a small one,
since a child's peak memory counts from what its parent had when it was started.

    python3 -I -S once.py FOLDER STDOUT STDERR COMMAND...
"""
import os
import sys
import time

folder, out, log, *command = sys.argv[1:]
os.chdir(folder)
write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
files = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, out, write, 0o644),
         (os.POSIX_SPAWN_OPEN, 2, log, write, 0o644)]
began = time.monotonic()
pid = os.posix_spawnp(command[0], command, os.environ, file_actions=files)
_, status, usage = os.wait4(pid, 0)
wall = time.monotonic() - began
print(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, os.waitstatus_to_exitcode(status))
