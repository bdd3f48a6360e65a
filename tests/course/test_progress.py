"""Progress is never lost, and never in the way."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from interp_widgets import __main__ as commands
from interp_widgets.course import progress, records
from interp_widgets.course.progress import Store
from interp_widgets.course.takeaway import ExportButton
from tests.course import sample

COUNT = """\
import sys
from pathlib import Path
from interp_widgets.course import records
from interp_widgets.course.progress import Store

store = Store(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    def count(known):
        records.entry(known, "02_sample", "checks", "shared")["tries"] += 1
        records.entry(known, "02_sample", "checks", f"{sys.argv[2]}-{number}")["passed"] = True
    store.change(count)
"""
FULL = """\
import resource, sys
from pathlib import Path
from interp_widgets.course import records
from interp_widgets.course.progress import Store

store = Store(Path(sys.argv[1]))
def count(known):
    records.entry(known, "02_sample", "checks", "gram")["tries"] += 1
store.change(count)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # from here on every write fails
store.change(count)
store.change(count)
print("tries:", records.entry(store.read(), "02_sample", "checks", "gram")["tries"])
"""


def counted(known, slug="gram"):
    return records.entry(known, "02_sample", "checks", slug)["tries"]


def count(known):
    records.entry(known, "02_sample", "checks", "gram")["tries"] += 1


@pytest.fixture
def heard():
    return []


@pytest.fixture
def store(tmp_path, heard):
    return Store(tmp_path / "home" / "progress.json", heard.append)


def start(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_what_was_changed_is_in_the_file_and_in_a_new_kernel(store, heard):
    store.change(count)
    store.change(count)
    assert counted(json.loads(store.path.read_text())) == 2
    assert counted(Store(store.path).read()) == 2
    assert heard == []


def test_kernels_that_write_at_once_lose_nothing(store):
    changes = 40
    kernels = [start(COUNT, store.path, name, changes) for name in ("a", "b", "c")]
    for kernel in kernels:
        assert kernel.stdout.readline() == "ready\n"
    for kernel in kernels:
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    assert [kernel.wait(120) for kernel in kernels] == [0, 0, 0]
    known = store.read()
    assert counted(known, "shared") == 3 * changes
    assert len(known["lessons"]["02_sample"]["checks"]) == 3 * changes + 1


def test_a_kernel_that_is_killed_while_it_writes_leaves_a_whole_file(store, heard):
    store.change(count)
    kernel = start(COUNT, store.path, "a", 100_000)
    kernel.stdout.readline()
    kernel.stdin.write("go\n")
    kernel.stdin.flush()
    for _ in range(200):
        assert counted(store.read()) == 1
    kernel.send_signal(signal.SIGKILL)
    kernel.wait(30)
    store.change(count)
    assert counted(store.read()) == 2
    assert heard == []


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"[1, 2]",
        b"\xff\xfe\x00",
        b'{"version": 1}',
        b'{"version": 1, "lessons": {"02_sample": {"checks": {"gram": {"tries": "many"}}}}}',
        b'{"version": 1, "lessons": {"02_sample": {"nonsense": {"gram": {}}}}}',
    ],
)
def test_a_damaged_file_is_set_aside_and_said_once(store, heard, damaged):
    store.path.parent.mkdir()
    store.path.write_bytes(damaged)
    assert store.read() == records.empty()
    store.change(count)
    assert counted(store.read()) == 1
    aside = store.path.with_name("progress.damaged-1.json")
    assert aside.read_bytes() == damaged
    (said,) = heard
    assert str(aside) in said
    assert "help progress" in said


def test_a_newer_versions_file_is_left_alone(store, heard):
    store.path.parent.mkdir()
    newer = '{"version": 2, "lessons": "of another shape"}'
    store.path.write_text(newer)
    store.change(count)
    assert counted(store.read()) == 1
    assert store.path.read_text() == newer
    (said,) = heard
    assert "Update the course" in said


def test_a_home_that_cannot_be_written_is_said_once_and_nothing_else(tmp_path, heard):
    (tmp_path / "home").write_text("a file, where a folder should be")
    store = Store(tmp_path / "home" / "progress.json", heard.append)
    for _ in range(3):
        store.change(count)
    assert counted(store.read()) == 3
    (said,) = heard
    assert "Your progress is not being saved" in said


def test_a_full_disk_is_said_once_and_what_was_there_stays(tmp_path):
    path = tmp_path / "progress.json"
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.count("Your progress is not being saved") == 1
    assert "File too large" in ran.stdout
    assert "tries: 3" in ran.stdout
    assert counted(json.loads(path.read_text())) == 1


def test_results_kept_in_memory_are_saved_once_the_disk_allows(store, heard):
    store.path.parent.mkdir()
    store.path.mkdir()
    store.change(count)
    store.path.rmdir()
    store.change(count)
    assert counted(Store(store.path).read()) == 2
    assert len(heard) == 1


def test_a_lock_that_nobody_gives_back_does_not_hold_a_learner_up(store, heard, monkeypatch):
    monkeypatch.setattr(progress, "_LOCK_SECONDS", 0.05)
    store.change(count)
    with FileLock(f"{store.path}.lock"):
        store.change(count)
    assert counted(store.read()) == 2
    assert "not being saved" in heard[0]


def test_a_check_works_without_a_home(tmp_path, heard, capsys):
    lesson = sample.lesson(tmp_path, store=Store(tmp_path / "file" / "p.json", heard.append))
    (tmp_path / "file").write_text("")
    assert lesson.check("seven", 7) == 7
    lesson.progress()
    assert "1 of 3 exercises passed" in capsys.readouterr().out


def test_it_stands_in_the_users_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in progress.default_path().parents
    assert progress.default_path().name == "progress.json"


def test_two_computers_are_put_together_without_losing_anything(tmp_path):
    home, away = sample.lesson(tmp_path / "home"), sample.lesson(tmp_path / "away")
    home.check("seven", 7)
    home.predict("which", "a")
    away.check("seven", 12)
    away.check("gram", 3)
    away.predict("which", "b")
    away.predict("count", 4)
    away.quiz("quiz", "ba")
    one, other = home.store.read(), away.store.read()
    before = json.dumps([one, other])
    both = records.merge(one, other)["lessons"]["02_sample"]
    assert both["checks"]["seven"]["passed"]
    assert both["checks"]["gram"]["tries"] == 1
    assert both["predictions"]["which"]["value"] == 0
    assert both["predictions"]["count"]["value"] == 4
    assert both["quizzes"]["quiz"]["right"] == 2
    assert json.dumps([one, other]) == before


# --- commands ---


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A learner's home that is empty."""
    for name in ("XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def passes(tries):
    def change(known):
        entry = records.entry(known, "00_start_here", "checks", "induction-head")
        entry.update(passed=True, tries=tries)

    return change


def test_progress_is_shown_exported_and_restored(home, capsys):
    Store().change(passes(2))
    assert commands.main(["progress"]) == 0
    assert "1 of 2 exercises passed" in capsys.readouterr().out
    assert commands.main(["progress", "export", "ada.json"]) == 0
    progress.default_path().unlink()
    assert commands.main(["progress", "show"]) == 0
    assert "0 of 2 exercises passed" in capsys.readouterr().out
    assert commands.main(["progress", "restore", "ada.json"]) == 0
    assert "1 of 2 exercises passed" in capsys.readouterr().out


def test_an_export_overwrites_nothing(home, capsys):
    Path("ada.json").write_text("mine")
    with pytest.raises(SystemExit):
        commands.main(["progress", "export", "ada.json"])
    assert "expected the name of a new file, got ada.json" in capsys.readouterr().err
    assert Path("ada.json").read_text() == "mine"


def test_an_export_holds_results_and_no_text(home):
    lesson = sample.lesson(home / "one")
    lesson.check("gram", lambda secret_name: secret_name + 1)
    lesson.predict("which", "layer 1")
    content = json.dumps(lesson.store.read())
    assert "secret" not in content
    assert "layer 1" not in content


def test_a_teacher_sees_a_class_in_one_table(home, capsys):
    for name, tries in (("ada", 1), ("grace", 4), ("kurt", 0)):
        store = Store(home / f"{name}.json")
        store.change(passes(tries) if tries else count)
    assert commands.main(["progress", "merge", "ada.json", "grace.json", "kurt.json"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("3 learners: ada, grace, kurt")
    (line,) = [line for line in said.splitlines() if "induction-head" in line]
    assert line.split()[2:] == ["2", "0", "1", "2.5", "0"]


@pytest.mark.parametrize(("content", "says"), [("[]", "bad.json: expected a learner's progress")])
def test_a_file_that_is_no_progress_is_named(home, capsys, content, says):
    Path("bad.json").write_text(content)
    for action in ("merge", "restore"):
        with pytest.raises(SystemExit):
            commands.main(["progress", action, "bad.json"])
        assert says in capsys.readouterr().err


def test_the_export_button_writes_a_file_that_can_be_restored(store, home):
    store.change(count)
    box = ExportButton(store, home)
    box.button.click()
    assert records.parse((home / "my-progress.json").read_text()) == store.read()
    assert 'download="my-progress.json"' in box.said.value
    box.button.click()
    nowhere = ExportButton(store, home / "missing")
    nowhere.button.click()
    assert "could not be saved beside the notebook" in nowhere.said.value
    assert "base64," in nowhere.said.value


def test_an_unknown_argument_is_named(capsys):
    with pytest.raises(SystemExit):
        commands.main(["progress", "show", "--fast"])
    assert "progress: expected no further arguments, got --fast" in capsys.readouterr().err
