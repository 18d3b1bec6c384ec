"""The machine: cores, processes that end with the run, their CPU time and memory."""

import contextlib
import ctypes
import os
import pathlib
import platform
import re
import resource
import signal
import socket
import subprocess
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


class CannotRun(Exception):
    """Why a row has no figure, as a sentence. The other rows go on."""


class Cores:
    """The proxy that is measured has one core; load generators and upstreams share the other. Where nothing is measured, one will
    do for all."""

    def __init__(self, one_will_do=False):
        usable = sorted(os.sched_getaffinity(0))
        if len(usable) == 1 and one_will_do:
            usable *= 2
        if len(usable) < 2:
            raise SystemExit("This takes two cores: one for the proxy, one for the load and the upstream.")
        self.load, self.proxy = {usable[0]}, {usable[1]}
        self.both = self.load | self.proxy


class Server:
    """A process that is to listen on a port, with its children: nginx works in one."""

    def __init__(self, stack, name, log, cores, command, port):
        self.name, self.port, self.log, self.cores, self.pids = name, port, log, cores, []
        self.began = time.monotonic()
        try:
            self.process = spawn(stack, log, [str(word) for word in command])
        except FileNotFoundError:
            raise CannotRun(f"{command[0]} is not installed") from None

    def wait(self, ready=None, patience_seconds=60):
        """Waits until it accepts connections, and until `ready` says so too. Until then it has every core, as it would in
        production; from then on its own."""
        while self.process.poll() is None:
            if accepts(self.port) and (ready is None or ready()):
                self.start_seconds = time.monotonic() - self.began
                self.pids = [self.process.pid, *children(self.process.pid)]
                self._settle()
                return self
            if time.monotonic() > self.began + patience_seconds:
                raise CannotRun(f"{self.name} was not ready after {patience_seconds} s")
            time.sleep(0.02)
        raise CannotRun(f"{self.name} ended at its start: {last_words(self.log)}")

    def _settle(self):
        """Binds every thread to the server's cores. Twice, for a thread that began meanwhile on another one."""
        for pid in self.pids * 2:
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setaffinity(int(task.name), self.cores)

    def cpu_seconds(self):
        return sum(cpu_seconds(pid) for pid in self.pids)

    def ticks(self):
        """User and kernel time, in ticks: too coarse to compare, and enough to tell which share is the kernel's."""
        return [sum(ticks) for ticks in zip(*(user_and_kernel_ticks(pid) for pid in self.pids))]

    def resident_bytes(self):
        return sum(resident_bytes(pid) for pid in self.pids)


def spawn(stack, log, command):
    """Starts a process that is stopped when `stack` closes."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=_child)
    stack.callback(stop, process)
    return process


def run(cores, command, timeout):
    """Runs a program to its end and returns its output."""
    process = start(cores, command)
    with stopping(process):
        return finish(process, timeout)


def finish(process, timeout):
    """Waits for the end of a program and returns its output."""
    name = pathlib.Path(process.args[0]).name
    try:
        said, complained = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise CannotRun(f"{name} did not end within {timeout:.0f} s") from None
    if process.returncode:
        raise CannotRun(f"{name} failed ({process.returncode}): {(said + complained).strip()[-1000:]}")
    return said


@contextlib.contextmanager
def stopping(process):
    """Ends a program with the block, whatever happens in it."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def start(cores, command):
    """Starts a program whose output is read later."""
    return subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: _child(cores),
    )


def _child(cores=None):
    """Between fork and exec: stopped by the kernel if this program is killed, and bound to its cores."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if cores:
        os.sched_setaffinity(0, cores)


def stop(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def last_words(log):
    return log.read_text(errors="replace").strip()[-600:] if log.exists() else ""


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid):
    """Those of a server that listens: measured servers start no others later."""
    time.sleep(0.05)
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def cpu_seconds(pid):
    """User and system time of all threads of a process, also of those that ended, by the kernel's clock of that process.

    It counts nanoseconds, where /proc/PID/stat has ticks of 10 ms. The number of such a clock is made as by
    clock_getcpuclockid(3).
    """
    cpuclock_sched = 2
    try:
        return time.clock_gettime((~pid << 3) | cpuclock_sched)
    except OSError:
        raise CannotRun("a measured process ended during the measurement") from None


def user_and_kernel_ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]), int(fields[12])


def resident_bytes(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def allow_many_descriptors(wanted=60_000):
    """Processes started from now on inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), max(hard, wanted)))
    except (ValueError, PermissionError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def description():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}"


def busy(seconds=2):
    """How many cores others keep busy; near zero on a quiet machine. The load average would still tell of the builds before."""
    before = _busy_ticks()
    time.sleep(seconds)
    return (_busy_ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds


def _busy_ticks():
    user, nice, system, _idle, _waiting, *others = pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]
    return sum(map(int, (user, nice, system, *others)))


def version(command):
    """The first number with dots in what a program says of itself."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return "missing"
    found = re.search(r"\d+\.\d+[\w.]*", done.stdout + done.stderr)
    return found[0] if found else "unknown"
