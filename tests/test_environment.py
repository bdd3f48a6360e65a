"""One source of versions: the ranges allow the lock, and everything else repeats the lock."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml
from packaging.requirements import Requirement

import interp_widgets
from tests.support import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

NVIDIA = re.compile(r"nvidia|cuda|triton|cupy")


def requirements(lines: Iterable[str]) -> list[Requirement]:
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def lock() -> list[Requirement]:
    return requirements((ROOT / "requirements.lock").read_text().splitlines())


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def unmet(declared: Iterable[Requirement], lock: list[Requirement]) -> list[str]:
    """Declared requirements that no line of the lock fulfils."""
    versions: dict[str, list[str]] = {}
    for pin in lock:
        (exact,) = pin.specifier
        versions.setdefault(pin.name.lower(), []).append(exact.version)
    return [
        str(wanted)
        for wanted in declared
        if not any(map(wanted.specifier.contains, versions.get(wanted.name.lower(), [])))
    ]


def test_every_line_of_the_lock_is_exact(lock):
    assert len(lock) > 100
    for pin in lock:
        assert [specifier.operator for specifier in pin.specifier] == ["=="], pin
        assert "*" not in str(pin.specifier), pin
        assert pin.url is None, pin


def test_the_lock_fulfils_every_declared_range(lock, project):
    extras = project["optional-dependencies"]
    declared = [*project["dependencies"], *extras["models"], *extras["notebooks"], *extras["test"]]
    assert not unmet(requirements(declared), lock)


def test_a_range_that_the_lock_does_not_fulfil_is_reported(lock):
    declared = requirements(["torch>=900", "numpy>=1", "never-heard-of-it"])
    assert unmet(declared, lock) == ["torch>=900", "never-heard-of-it"]


def test_nobody_without_an_nvidia_gpu_downloads_cuda(lock):
    assert not [pin.name for pin in lock if NVIDIA.search(pin.name)]
    assert NVIDIA.search("nvidia-cublas")
    assert "+" not in next(str(pin.specifier) for pin in lock if pin.name == "torch")


def test_the_conda_environment_repeats_the_lock(lock):
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    *conda, by_pip = environment["dependencies"]
    assert conda == ["python=3.12", "pip"]
    assert {"-r requirements.lock", "-e ."} <= set(by_pip["pip"])
    pins = requirements(line for line in by_pip["pip"] if not line.startswith("-"))
    assert [pin.name for pin in pins] == ["torch"]
    locked = next(pin for pin in lock if pin.name == "torch")
    assert str(pins[0].specifier) == f"{locked.specifier}+cpu"


def test_the_makefile_and_the_conda_environment_name_the_same_index():
    makefile = (ROOT / "Makefile").read_text()
    (index,) = re.findall(r"^TORCH_INDEX \?= (\S+)$", makefile, re.MULTILINE)
    assert f"--extra-index-url {index}\n" in (ROOT / "environment.yml").read_text()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_command_that_a_page_names_exists(page):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE)
    assert named
    assert set(named) <= set(targets)


def test_both_distributions_have_the_same_version(project):
    data = tomllib.loads((ROOT / "data" / "pyproject.toml").read_text())["project"]
    assert data["version"] == project["version"] == interp_widgets.__version__
    wanted = requirements(project["optional-dependencies"]["course"])
    assert str(wanted[0]) == f"{data['name']}=={data['version']}"


def test_continuous_integration_runs_what_a_person_runs():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    (job,) = yaml.safe_load(workflow)["jobs"].values()
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert job["steps"][-1] == {"run": ".ci/run"}
    for action in re.findall(r"uses: (\S+)", workflow):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), f"{action}: pin a commit"
    assert (ROOT / ".ci" / "run").read_text().endswith("exec make test\n")
