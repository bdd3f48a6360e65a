"""The flow goes one way: model, trace, analysis, result, widget. Importing costs nothing."""

from __future__ import annotations

import ast
import json
import pkgutil
import subprocess
import sys
from typing import TYPE_CHECKING

import interp_widgets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = "interp_widgets"
HEAVY = {"anywidget", "ipywidgets", "numpy", "plotly", "sklearn", "torch", "transformer_lens"}
OPTIONAL = {
    *("beartype", "jaxtyping", "pandas", "safetensors", "sklearn", "tokenizers", "torch", "tqdm"),
    *("transformer_lens", "transformers"),
}

# Behind the result torch is gone: these parts import this and nothing else (but themselves and
# Python's own library). A dot in front means a part of this package.
ONLY = {
    "_head_scores": {".results", "numpy"},
    "results": {"numpy"},
    "text": set(),
    "theme": {"numpy", "plotly"},
    "widgets": {"._head_scores", ".results", ".text", ".theme"}
    | {"IPython", "PIL", "anywidget", "ipywidgets", "numpy", "pandas", "plotly", "traitlets"},
}
# Before it, no part knows of a later one.
PICTURES = {".theme", ".widgets", "._workbench", "anywidget", "circuitsvis", "ipywidgets", "plotly"}
NEVER = {
    "course": {".widgets"},
    "analysis": {".course"} | PICTURES,
    "_trace": {".analysis", ".course"} | PICTURES,
    "models": {"._trace", ".analysis", ".course"} | PICTURES,
    "data": {"._trace", ".analysis", ".course", ".models", "torch", "transformer_lens"} | PICTURES,
    "worlds": {".analysis", ".course"} | PICTURES,
    "training": {".analysis", ".course"} | PICTURES,
}


def imported(path: Path, package: Path) -> Iterator[tuple[int, str]]:
    """Line and name of each import, also inside functions: '.part' of ours, or a foreign name."""
    here = (PACKAGE, *path.relative_to(package).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{module}.{alias.name}" for alias in node.names]
        for name in names:
            first, *rest = name.split(".")
            if first == PACKAGE and rest:
                yield node.lineno, f".{rest[0]}"
            elif first not in sys.stdlib_module_names:
                yield node.lineno, first


def backward_imports(package: Path) -> list[str]:
    """Every import that the flow does not allow."""
    faults = []
    for path in sorted(package.rglob("*.py")):
        part = path.relative_to(package).with_suffix("").parts[0]
        for line, name in imported(path, package):
            outside = part in ONLY and name not in ONLY[part] | {f".{part}"}
            if outside or name in NEVER.get(part, ()):
                faults.append(f"{path.relative_to(package)}:{line} imports {name}")
    return faults


def loaded_after(code: str) -> set[str]:
    """Top-level names in a fresh interpreter's modules; touching the network is an error there."""
    guard = (
        "import sys\n"
        "def no_network(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo'):\n"
        "        raise RuntimeError(f'asked the network: {args}')\n"
        "sys.addaudithook(no_network)\n"
    )
    report = "\nimport json\nprint(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    ran = subprocess.run(
        [sys.executable, "-c", guard + code + report], capture_output=True, text=True, check=True
    )
    return set(json.loads(ran.stdout))


def test_no_part_imports_a_later_one(root):
    assert not backward_imports(root / PACKAGE)


def test_backward_imports_are_reported(tmp_path):
    planted = {
        "results/bad.py": "import torch",
        "_head_scores.py": "import jaxtyping",
        "widgets/bad.py": "def draw():\n    from interp_widgets.analysis import attention",
        "widgets/relative.py": "from .. import models",
        "analysis/bad.py": "from interp_widgets import widgets, results",
        "course/bad.py": "import interp_widgets.widgets.attention",
        "widgets/good.py": "import json\nfrom . import other\nfrom interp_widgets import results",
        "analysis/good.py": "import torch\nfrom interp_widgets._trace import Trace",
    }
    for name, code in planted.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(code)
    assert backward_imports(tmp_path) == [
        "_head_scores.py:1 imports jaxtyping",
        "analysis/bad.py:1 imports .widgets",
        "course/bad.py:1 imports .widgets",
        "results/bad.py:1 imports torch",
        "widgets/bad.py:2 imports .analysis",
        "widgets/relative.py:1 imports .models",
    ]


def test_importing_the_package_loads_nothing_heavy_and_asks_no_network():
    assert not loaded_after("import interp_widgets") & HEAVY


def test_a_view_of_plain_arrays_needs_only_the_bare_package():
    code = (
        "import numpy as np\nimport interp_widgets as iw\n"
        "iw.AttentionView(np.full((2, 3, 5, 5), 0.2), list('abcde'))"
    )
    loaded = loaded_after(code)
    assert "anywidget" in loaded
    assert not loaded & OPTIONAL


def test_no_public_name_is_also_a_submodule():
    submodules = {module.name for module in pkgutil.iter_modules(interp_widgets.__path__)}
    assert "results" in submodules
    assert not submodules & set(interp_widgets.__all__)


def test_public_names_stay_themselves_when_every_module_is_imported():
    """Importing a submodule puts it into the package, where it could hide a function."""
    code = (
        "import importlib, pkgutil, types, interp_widgets as iw\n"
        "first = {name: getattr(iw, name) for name in iw.__all__}\n"
        "for module in pkgutil.walk_packages(iw.__path__, 'interp_widgets.'):\n"
        "    importlib.import_module(module.name)\n"
        "for name, thing in first.items():\n"
        "    assert getattr(iw, name) is thing, name\n"
        "    assert name == '__version__' or callable(thing), name\n"
    )
    assert "torch" in loaded_after(code)
