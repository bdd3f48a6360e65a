"""Write the notebooks with their solutions filled in, and the copies for a teacher."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from interp_widgets.course import catalogue
from interp_widgets.course.exercises import Selected, source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbformat import NotebookNode

    from interp_widgets.course.exercises import Exercise
    from interp_widgets.course.lesson import Lesson


def write_all(notebooks: Path, into: Path) -> str:
    """Write every notebook that has exercises, twice.

    Args:
        notebooks: folder of the course's notebooks.
        into: gets `solutions/` and `teacher/`; what they hold is replaced.

    Returns:
        Where they are, as a sentence.

    Raises:
        FileNotFoundError: a notebook is missing.
    """
    import nbformat

    for stem, lesson in catalogue.every().items():
        for kind, make in (("solutions", solutions), ("teacher", teacher)):
            notebook = nbformat.read(notebooks / f"{stem}.ipynb", as_version=4)
            (into / kind).mkdir(parents=True, exist_ok=True)
            nbformat.write(make(notebook, lesson), into / kind / f"{stem}.ipynb")
    return f"Written: the notebooks in {into / 'solutions'} and {into / 'teacher'}."


def solutions(notebook: NotebookNode, lesson: Lesson) -> NotebookNode:
    """Fill every stub of a notebook from the references of its lesson.

    Args:
        notebook: as the learner gets it; it is changed.
        lesson: of the same stem.

    Returns:
        The notebook.

    Raises:
        ValueError: an answer that is checked is neither a stub nor a selection.
    """
    notebook.metadata.pop("jupytext", None)  # or saving it would write a .py beside it
    exercises = {exercise.slug: exercise for exercise in lesson.exercises}
    for _, slug, answer in list(_checked(notebook)):
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        changed = [cell for cell in cells if _fill(cell, answer, exercises[slug])]
        if len(changed) != 1:
            raise ValueError(
                f"{lesson.stem}: expected one cell with a stub or a selection for "
                f"{ast.unparse(answer)}, got {len(changed)}."
            )
    return notebook


def teacher(notebook: NotebookNode, lesson: Lesson) -> NotebookNode:
    """Add to the solutions what helps to teach: times, common errors, questions to discuss.

    Args:
        notebook: as the learner gets it; it is changed.
        lesson: of the same stem.

    Returns:
        The notebook.
    """
    from nbformat.v4 import new_markdown_cell

    solutions(notebook, lesson)
    notes = {slug: cell for cell, slug, _ in _checked(notebook)}
    for exercise in lesson.exercises:
        place = notebook.cells.index(notes[exercise.slug]) + 1
        notebook.cells.insert(place, new_markdown_cell(_about(exercise)))
    notebook.cells.insert(1, new_markdown_cell(_plan(lesson)))
    notebook.cells.append(new_markdown_cell(_closing(lesson)))
    return notebook


def _checked(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, str, ast.expr]]:
    """Yield the cell, the slug and the answer of each call of `lesson.check`."""
    for cell in notebook.cells:
        for node in ast.walk(_parse(cell)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "lesson.check":
                slug, answer = node.args
                yield cell, ast.literal_eval(slug), answer


def _fill(cell: NotebookNode, answer: ast.expr, exercise: Exercise) -> bool:
    """Put the reference into a cell if the answer is made there; return whether it was."""
    for statement in _parse(cell).body:
        filled = _filled(statement, answer, exercise)
        if filled:
            lines = cell.source.splitlines()
            lines[statement.lineno - 1 : statement.end_lineno] = filled.splitlines()
            cell.source = "\n".join(lines)
            return True
    return False


def _filled(statement: ast.stmt, answer: ast.expr, exercise: Exercise) -> str:
    """Write a statement anew with the reference in it; empty if the answer is not made there."""
    name, code = ast.unparse(answer), ast.unparse(statement)
    if isinstance(statement, ast.FunctionDef) and statement.name == name:
        return source(exercise.answer())
    made_here = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name
    if not isinstance(exercise.answer(), Selected):
        return f"{name} = {_literal(exercise)}" if made_here else ""
    selection = code.removeprefix(f"{name} = ") if made_here else name
    if selection.endswith(".selection.value") and (made_here or name in code):
        return f"{_select(selection, exercise.answer())}\n{code}"
    return ""


def _select(selection: str, chosen: Selected) -> str:
    """Write the call that selects in a view what a learner would click."""
    arguments = ", ".join(f"{name}={number}" for name, number in chosen.chosen().items())
    return f"{selection.removesuffix('.value')}.set({arguments})"


def _literal(exercise: Exercise) -> str:
    answer = exercise.answer()
    try:
        ast.literal_eval(repr(answer))
    except (ValueError, SyntaxError):
        kind = type(answer).__name__
        raise ValueError(
            f"reference of {exercise.slug}: expected a function, a selection, or a value that can "
            f"be typed, got {kind}. Let the learner write a function that makes it."
        ) from None
    return repr(answer)


def _parse(cell: NotebookNode) -> ast.Module:
    return ast.parse(cell.source if cell.cell_type == "code" else "")


def _plan(lesson: Lesson) -> str:
    rows = [f"| {e.title} | {e.minutes} | {e.difficulty} of 5 |" for e in lesson.exercises]
    total = sum(exercise.minutes for exercise in lesson.exercises)
    heads = ["| exercise | minutes | difficulty |", "| --- | --- | --- |"]
    return "\n".join(["**For the teacher**", "", *heads, *rows, f"| all exercises | {total} | |"])


def _about(exercise: Exercise) -> str:
    errors = [f"- {mistake.message}" for mistake in exercise.mistakes]
    levels = [f"{number}. {hint}" for number, hint in enumerate(exercise.hints, start=1)]
    head = f"**For the teacher:** {exercise.minutes} minutes, difficulty {exercise.difficulty} of 5"
    return "\n".join([head, "", "Common errors, as the check puts them:", *errors, "", *levels])


def _closing(lesson: Lesson) -> str:
    guesses = [f"- {p.question} **{p.came()}** {p.because}" for p in lesson.predictions]
    keys = [f"- {quiz.title}: `{quiz.key()}`" for quiz in lesson.quizzes]
    discuss = [f"- {question}" for question in lesson.discuss]
    parts = [("To discuss", discuss), ("Predictions", guesses), ("Answers of the quizzes", keys)]
    shown = [f"**{title}**\n\n" + "\n".join(lines) for title, lines in parts if lines]
    return "\n\n".join(["**For the teacher**", *shown])
