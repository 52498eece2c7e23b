"""The files around the source say one thing, and git keeps out what must stay private."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
PINNED: Final = re.compile(r"^[a-z0-9._-]+==[^\s*;]+( ;[^\\]+)? \\$")
PUBLIC_HOSTS: Final = {"https://pypi.org", "https://files.pythonhosted.org"}
LOCKED_FILES: Final = ("uv.lock", "requirements.txt", "requirements-dev.txt")


def toml(name: str) -> dict[str, Any]:
    """Read one of the project's TOML files."""
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def unpinned(text: str) -> list[str]:
    """List the lines of a requirement file that leave the version or the content open."""
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    return [line for line in lines if not PINNED.match(line)] + [
        b for b in blocks if "--hash=sha256:" not in b
    ]


def is_ignored(name: str) -> bool:
    """Tell whether git would keep a path out."""
    command = ["git", "check-ignore", "-q", "--no-index", name]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("name", LOCKED_FILES[1:])
def test_every_requirement_is_pinned_with_its_hash(name: str) -> None:
    assert unpinned((ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", ["numpy", "numpy>=2", "numpy==2.*", "numpy==2.4.6", "-e ."])
def test_an_open_requirement_is_found(line: str) -> None:
    assert unpinned(f"{line}\n")


@pytest.mark.parametrize("name", LOCKED_FILES)
def test_locked_files_name_public_hosts_only(name: str) -> None:
    hosts = set(re.findall(r"\w+://[^/\"\s]+", (ROOT / name).read_text(encoding="utf-8")))
    assert hosts <= PUBLIC_HOSTS


def test_the_lock_was_made_from_these_dependencies() -> None:
    project = toml("pyproject.toml")
    (locked,) = [package for package in toml("uv.lock")["package"] if package["name"] == "powertrader"]
    wanted = {re.split(r"[<>=!~\[ ]", line)[0] for line in project["project"]["dependencies"]}
    assert {one["name"] for one in locked["dependencies"]} == wanted
    wanted_dev = {re.split(r"[<>=!~\[ ]", line)[0] for line in project["dependency-groups"]["dev"]}
    assert {one["name"] for one in locked["dev-dependencies"]["dev"]} == wanted_dev


def test_the_development_set_contains_the_other_one_and_the_extras() -> None:
    base, dev = ({line.split()[0] for line in read_lines(name)} for name in LOCKED_FILES[1:])
    assert base < dev
    assert any(line.startswith("pyarrow==") for line in dev)


def read_lines(name: str) -> list[str]:
    """Give the requirement lines of a file, without hashes and comments."""
    return [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if "==" in line]


@pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="needs the git checkout"
)
@pytest.mark.parametrize(
    "name",
    [
        *("b_key.txt", "b_secret.txt", ".env", "hub_data", "logs", "results", "gui_settings.json"),
        *("config/gui_settings.json", "data/memories_1hour.txt", "legacy/pt_trader.py", ".venv/x"),
    ],
)
def test_git_keeps_out_what_is_private_or_made_by_a_run(name: str) -> None:
    assert is_ignored(name)


@pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="needs the git checkout"
)
@pytest.mark.parametrize(
    "name",
    [
        *("legacy/README.md", "legacy/recorded/trader/t01.json.gz", "config/trading_config.yaml"),
        *("src/powertrader/core/credentials.py", "uv.lock"),
    ],
)
def test_git_keeps_what_belongs_to_the_project(name: str) -> None:
    assert not is_ignored(name)


def test_the_workflow_covers_three_systems_and_three_versions_with_the_readmes_command() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert {"push", "pull_request"} <= set(workflow[True])  # YAML reads the word `on` as true
    (job,) = workflow["jobs"].values()
    matrix = job["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "windows", "macos"}
    classifiers = [line.split(" :: ")[-1] for line in toml("pyproject.toml")["project"]["classifiers"]]
    assert matrix["python"] == [version for version in classifiers if version.startswith("3.")]
    always = [step["run"] for step in job["steps"] if "run" in step and "if" not in step]
    assert always == ["python scripts/bootstrap.py test"]


def test_the_workflow_keeps_pictures_of_every_screen() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    taken, kept = [step for step in job["steps"] if "if" in step]
    _, script, folder = taken["run"].split()
    assert (ROOT / script).is_file()
    assert kept["uses"].startswith("actions/upload-artifact@")
    assert kept["with"]["path"] == folder


def test_ci_and_readme_name_the_same_test_command() -> None:
    command = "python3 scripts/bootstrap.py test"
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


def test_pre_commit_needs_no_network() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert {hook["id"] for hook in hooks} >= {"style", "format", "types", "smoke"}


def test_ruff_ignores_no_rule_without_a_reason() -> None:
    lint = (
        (ROOT / "pyproject.toml")
        .read_text(encoding="utf-8")
        .split("[tool.ruff.lint]")[1]
        .split("[tool.mypy]")[0]
    )
    codes = [line for line in lint.splitlines() if re.match(r'\s+"[A-Z]+[0-9]*",', line)]
    assert codes
    assert [line for line in codes if "# " not in line] == []


@pytest.mark.parametrize(
    "bad",
    [
        "try:\n    work()\nexcept:\n    pass\n",
        "try:\n    work()\nexcept Exception:\n    pass\n",
        "try:\n    work()\nexcept OSError:\n    pass\n",
    ],
)
def test_ruff_refuses_a_swallowed_error(bad: str) -> None:
    text = f'"""Bad."""\n\nfrom powertrader import work\n\n{bad}'
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=json"]
    command += ["--stdin-filename", "src/powertrader/core/bad.py", "-"]
    result = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
    assert {found["code"] for found in json.loads(result.stdout)} & {"E722", "BLE001", "S110", "SIM105"}


def test_the_licence_is_the_one_that_is_declared() -> None:
    assert toml("pyproject.toml")["project"]["license"] == "Apache-2.0"
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "Version 2.0, January 2004" in licence
