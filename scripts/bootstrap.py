"""From a fresh machine to a running PowerTrader, with the standard library alone.

    python3 scripts/bootstrap.py setup             make .venv and install what PowerTrader needs
    python3 scripts/bootstrap.py setup --dev       also what the tests and tools need
    python3 scripts/bootstrap.py run -- ARGS       set up if needed, then start powertrader with ARGS
    python3 scripts/bootstrap.py test [-- ARGS]    set up if needed, then run the checks (or pytest with ARGS)

`--no-system-packages` after setup keeps it from calling the system's package manager.
What is installed is exactly what requirements.txt and requirements-dev.txt pin, by uv when there is one,
otherwise by pip. A stamp in .venv remembers what was installed, so that later starts lose no time; an
interrupted setup is taken up again by the next start.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "powertrader-stamp.txt"
UNFINISHED = "unfinished"
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11")
SYSTEM_PACKAGES_TIME_LIMIT_S = 300
REDIS = "redis-server"
TEST_PROGRAMS = (
    ("redis-server", REDIS),
    ("Xvfb", "xvfb"),
    ("xdotool", "xdotool"),
    ("dbus-daemon", "dbus"),
    ("fc-list", "fontconfig fonts-dejavu-core"),
)
"""Program, and the Debian packages that bring it."""


class SetupError(Exception):
    """Setting up cannot go on; the text says what to do."""


def main(arguments: list[str]) -> int:
    """Do what the command line asks and give the exit code."""
    command, rest = (arguments[0] if arguments else "--help"), arguments[1:]
    try:
        if command == "setup" and set(rest) <= {"--dev", "--no-system-packages"}:
            prepare(dev="--dev" in rest, system_packages="--no-system-packages" not in rest)
            if "--dev" in rest and "--no-system-packages" not in rest:
                install_test_programs()
            say(f"ready; start with: python3 {Path(sys.argv[0])} run -- --help")
            return 0
        if command == "run":
            prepare(dev=False)
            return replace_process([str(venv_python()), "-m", "powertrader", *without_separator(rest)])
        if command == "test":
            prepare(dev=True)
            install_test_programs()
            return replace_process([str(venv_python()), str(ROOT / "scripts" / "run_tests.py"), *rest])
    except SetupError as error:
        say(f"setup stopped: {error}")
        return 1
    except KeyboardInterrupt:
        say("stopped; the next start takes up the setup where it was")
        return 130
    sys.stdout.write(__doc__ or "")
    return 0 if command in ("-h", "--help") else 2


def say(text: str) -> None:
    """Tell the user how far things are."""
    sys.stderr.write(f"bootstrap: {text}\n")
    sys.stderr.flush()


def without_separator(arguments: list[str]) -> list[str]:
    """Give the arguments without the -- that ends those of this script."""
    return arguments[1:] if arguments[:1] == ["--"] else arguments


def venv_python() -> Path:
    """Give the path of the Python inside .venv, which need not exist yet."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def requirements(*, dev: bool) -> Path:
    """Give the file that pins what is to be installed."""
    return ROOT / ("requirements-dev.txt" if dev else "requirements.txt")


def fingerprint(*, dev: bool) -> str:
    """Give a text that changes whenever .venv has to be set up again."""
    digest = hashlib.sha256(f"{sys.version_info[:3]} {ROOT}".encode())
    for path in (ROOT / "pyproject.toml", requirements(dev=dev)):
        digest.update(path.read_bytes())
    return f"{'dev' if dev else 'run'} {digest.hexdigest()}"


def is_ready(*, dev: bool) -> bool:
    """Tell whether the last setup ended and still fits; the dev set contains the other one."""
    if not (STAMP.is_file() and venv_python().is_file()):
        return False
    wanted = {fingerprint(dev=dev), fingerprint(dev=True)}
    return not wanted.isdisjoint(STAMP.read_text(encoding="utf-8").splitlines())


def prepare(*, dev: bool, system_packages: bool = True) -> None:
    """Bring .venv to what the requirement files pin; at once when it is there already."""
    if is_ready(dev=dev):
        return
    if system_packages:
        install_system_packages()
    uv = shutil.which("uv")
    make_venv(with_pip=uv is None)
    STAMP.write_text(UNFINISHED, encoding="utf-8")
    say(f"installing {requirements(dev=dev).name} with {'uv' if uv else 'pip'}; this takes a minute")
    install = [uv, "pip", "install", "--quiet", "--python", str(venv_python())] if uv else pip_install()
    run([*install, "--require-hashes", "-r", str(requirements(dev=dev))], "installing the pinned packages")
    run([*install, "--no-deps", "-e", str(ROOT)], "installing powertrader itself")
    lines = sorted({fingerprint(dev=False), fingerprint(dev=dev)})
    STAMP.write_text("\n".join(lines) + "\n", encoding="utf-8")
    compile_once()


def compile_once() -> None:
    """Let PowerTrader compile now what its first start would wait for; when that fails, say so and go on."""
    say("compiling what is calculated most; this takes some seconds, once")
    command = [str(venv_python()), "-m", "powertrader", "prepare"]
    try:
        compiled = subprocess.run(command, cwd=ROOT, check=False, stdout=sys.stderr).returncode == 0
    except OSError:
        compiled = False
    if not compiled:
        say("that did not work; each worker compiles at its first start instead")


def pip_install() -> list[str]:
    """Give the beginning of a pip command that stays quiet unless it fails."""
    return [str(venv_python()), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]


def make_venv(*, with_pip: bool) -> None:
    """Make .venv, or mend it when it is half made, broken or from another Python."""
    broken = VENV.exists() and not venv_works(with_pip=with_pip)
    if VENV.exists() and not broken:
        return
    if with_pip and importlib.util.find_spec("ensurepip") is None:
        install_apt([f"python3.{sys.version_info[1]}-venv"])
        if importlib.util.find_spec("ensurepip") is None:
            msg = "this Python cannot make environments; install uv, or: sudo apt-get install python3-venv"
            raise SetupError(msg)
    say(f"making .venv{' anew, the old one does not work' if broken else ''}")
    options = [*(["--clear"] if broken else []), *([] if with_pip else ["--without-pip"])]
    run([sys.executable, "-m", "venv", *options, str(VENV)], "making .venv")


def venv_works(*, with_pip: bool) -> bool:
    """Tell whether .venv was finished, starts, has this Python's version, and pip when that is needed."""
    was_interrupted = STAMP.is_file() and STAMP.read_text(encoding="utf-8") == UNFINISHED
    if was_interrupted or not venv_python().is_file():
        return False
    probe = "import sys; print(sys.version_info[:2])" + ("; import pip" if with_pip else "")
    command = [str(venv_python()), "-c", probe]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return result.returncode == 0 and result.stdout.strip() == str(sys.version_info[:2])


def run(command: list[str], purpose: str) -> None:
    """Run a program and wait. Raises SetupError when it fails."""
    try:
        result = subprocess.run(command, check=False, stdout=sys.stderr)
    except OSError as error:
        msg = f"{purpose} failed: {error}"
        raise SetupError(msg) from error
    if result.returncode:
        msg = (
            f"{purpose} failed with exit code {result.returncode}; is the network reachable? Then start again"
        )
        raise SetupError(msg)


def install_system_packages() -> None:
    """Install what only the window needs; when that may not be, say what to install and go on."""
    if importlib.util.find_spec("_tkinter") is not None or install_apt(["python3-tk"]):
        return
    hint = ": sudo apt-get install python3-tk" if sys.platform.startswith("linux") else " Tk for this Python"
    say(f"for the window (nothing else needs it), install{hint}")


def install_test_programs() -> None:
    """Install the programs that some tests run; when that may not be, say what to install and go on.

    Redis is one; on Linux also a screen without a desktop, a hand on mouse and keys, and a session bus.
    """
    if os.name == "nt":
        return
    wanted = dict(TEST_PROGRAMS) if sys.platform.startswith("linux") else {"redis-server": REDIS}
    missing = [package for program, package in wanted.items() if shutil.which(program) is None]
    if (
        not missing
        or install_apt(" ".join(missing).split())
        or (missing == [REDIS] and install_brew("redis"))
    ):
        return
    way = "brew install redis" if sys.platform == "darwin" else f"sudo apt-get install {' '.join(missing)}"
    say(f"some tests fail without these programs: {way}")


def install_brew(package: str) -> bool:
    """Install a package of Homebrew where there is one; tell whether that worked."""
    brew = shutil.which("brew")
    if brew is None:
        return False
    say(f"installing with Homebrew: {package}")
    command = [brew, "install", "--quiet", package]
    try:
        return subprocess.run(command, check=False, timeout=SYSTEM_PACKAGES_TIME_LIMIT_S).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def install_apt(packages: list[str]) -> bool:
    """Install Debian packages if this user may without being asked; tell whether that worked."""
    if shutil.which("apt-get") is None:
        return False
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not is_root and shutil.which("sudo") is None:
        return False
    prefix = [] if is_root else ["sudo", "-n"]
    say(f"installing system packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *packages]):
        try:
            subprocess.run(
                [*prefix, "apt-get", *command],
                check=True,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SYSTEM_PACKAGES_TIME_LIMIT_S,
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return True


def replace_process(command: list[str]) -> int:
    """Become another program, so that Ctrl-C and the exit code are its own; on Windows wait for it."""
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606  no shell is the point
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the child gets the same Ctrl-C and ends by itself


def use_newer_python() -> None:
    """Start again with a newer Python when this one is too old; say so when there is none."""
    wanted = ".".join(map(str, OLDEST))
    for name in NEWER_PYTHONS:
        found = shutil.which(name)
        # pyenv has a name for every version it knows, also for those that do not start
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            replace_process([found, *sys.argv])
    found_version = ".".join(map(str, sys.version_info[:3]))
    say(
        f"Python {found_version} is too old: PowerTrader needs {wanted} or newer, see https://www.python.org/downloads/"
    )
    sys.exit(1)


if __name__ == "__main__":
    if sys.version_info[:2] < OLDEST:
        use_newer_python()
    sys.exit(main(sys.argv[1:]))
