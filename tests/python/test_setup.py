"""tools/setup on machines it cannot be given: its commands are replaced by recording stubs."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
FILES = ["setup", "debian-packages.txt", "debian-packages-test.txt", "requirements.txt"]
BASE = ["bash", "cat", "cut", "dirname", "env", "mktemp", "rm", "sed", "sha256sum", "tail"]


class Machine:
    """A checkout with tools/setup, and a PATH that holds only what the test puts there."""

    def __init__(self, folder):
        self.checkout, self.bin, self.log = folder / "checkout", folder / "bin", folder / "log"
        self.bin.mkdir()
        (self.checkout / "tools").mkdir(parents=True)
        for name in [
            "setup",
            "debian-packages.txt",
            "debian-packages-test.txt",
            "requirements.txt",
        ]:
            shutil.copy(TOOLS / name, self.checkout / "tools" / name)
        for name in BASE:
            (self.bin / name).symlink_to(shutil.which(name))
        stamp = hashlib.sha256((TOOLS / "requirements.txt").read_bytes()).hexdigest()[:16]
        self.stub("python", folder=self.checkout / ".venv/bin")
        (self.checkout / f".venv/requirements-{stamp}").touch()
        self.stub("cmake")
        self.stub("apt-get")
        self.stub("id", "echo 0")
        self.stub("dpkg-query", "exit 1")

    def stub(self, name, body="", folder=None):
        folder = folder or self.bin
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f'#!/bin/bash\necho "{name} $*" >>{self.log}\n{body}\n')
        (folder / name).chmod(0o755)

    def setup(self, *arguments):
        """Run tools/setup; return its exit code, its standard error and the stubs' calls."""
        command = [self.bin / "bash", self.checkout / "tools/setup", *arguments]
        environment = {"PATH": str(self.bin), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        return done.returncode, done.stderr, self.log.read_text().splitlines()


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_root_installs_what_is_missing_and_builds(machine):
    code, said, calls = machine.setup()
    assert code == 0, said
    assert "installing Debian packages: g++ cmake" in said
    assert "apt-get update -q" in calls
    assert any(call.startswith("apt-get install") and "clang-tidy" in call for call in calls)
    assert calls[-1] == "cmake --build --preset release"


def test_nothing_is_installed_twice(machine):
    machine.stub("dpkg-query", "echo installed")
    code, said, calls = machine.setup()
    assert code == 0, said
    assert not any(call.startswith("apt-get") for call in calls)


def test_the_product_needs_no_test_tools(machine):
    code, said, calls = machine.setup("--product")
    assert code == 0, said
    assert not any("clang-tidy" in call for call in calls)
    assert calls[-1].endswith("--target gatefold gatefold_python")


def test_a_user_installs_with_sudo(machine):
    machine.stub("id", "echo 1000")
    machine.stub("sudo", '"$@"')
    code, said, calls = machine.setup()
    assert code == 0, said
    assert any(call.startswith("sudo") and "apt-get install" in call for call in calls)


def test_a_user_without_sudo_is_told_the_command(machine):
    machine.stub("id", "echo 1000")
    code, said, calls = machine.setup()
    assert code == 1
    assert "sudo is not here; as root: apt-get install g++ cmake" in said
    assert not any(call.startswith("cmake") for call in calls)


def test_the_failing_command_is_named(machine):
    machine.stub("apt-get", "echo no network; exit 100")
    code, said, _ = machine.setup()
    assert code == 1
    assert "no network" in said
    assert "this command failed: env DEBIAN_FRONTEND=noninteractive apt-get update -q" in said


def test_a_failing_build_is_named(machine):
    machine.stub("cmake", '[ "$1" = --preset ]')
    code, said, _ = machine.setup()
    assert code == 1
    assert "failed in line" in said and "cmake --build" in said
