"""Notebook 02, turns: of the units of a network, and of a circle of days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect
from interp_widgets.course.exercises import Exercise, Mistake

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


# --- rotated-loss: a function ---


def rotated_loss(x: Numbers, weights: Numbers, rotation: Numbers, relu: bool) -> float:  # noqa: FBT001 -- as the learner writes it
    """Measure the error of a network whose units are turned, and turned back after them."""
    hidden = x @ weights @ rotation
    if relu:
        hidden = np.maximum(hidden, 0)
    back = hidden @ rotation.T @ weights.T
    return float(((back - x) ** 2).mean())


def _networks() -> Iterator[tuple[Numbers, Numbers, Numbers, bool]]:
    """Yield inputs, weights and a rotation, without and with a ReLU."""
    for examples, features, units in ((6, 3, 4), (5, 4, 3)):
        rng = np.random.default_rng(features)
        rotation = np.linalg.qr(rng.standard_normal((units, units)))[0]
        for relu in (False, True):
            weights = rng.standard_normal((features, units))
            yield rng.random((examples, features)), weights, rotation, relu


def _check_loss(my_loss: Callable[..., Any]) -> str:
    for x, weights, rotation, relu in _networks():
        what = f"The loss {'with' if relu else 'without'} a ReLU"
        expected = rotated_loss(x, weights, rotation, relu)
        expect.numbers(expect.call(my_loss, x, weights, rotation, relu), expected, what, 1e-6)
    return "It turns the units, applies what they do there, and turns back."


def _wrong_loss(kind: str, x: Numbers, w: Numbers, turn: Numbers, relu: bool) -> float:  # noqa: FBT001
    relu = {"always": True, "never": False}.get(kind, relu)
    early = kind == "early"
    hidden = np.maximum(x @ w, 0) @ turn if early and relu else x @ w @ turn
    hidden = np.maximum(hidden, 0) if relu and not early else hidden
    back = {"stay": np.eye(len(turn)), "twice": turn}.get(kind, turn.T)
    errors = (hidden @ back @ w.T - x) ** 2
    return float(errors.sum() if kind == "sum" else errors.mean())


LOSS = Exercise(
    slug="rotated-loss",
    title="Turn the units of a network and measure its loss",
    reference=rotated_loss,
    check=_check_loss,
    inputs=_networks,
    mistakes=[
        Mistake(
            "You turn the units and never turn back, so what reads them finds other axes. Multiply "
            "by `rotation.T` before `weights.T`.",
            partial(_wrong_loss, "stay"),
        ),
        Mistake(
            "You turn twice the same way. The inverse of a rotation is its transpose, "
            "`rotation.T`.",
            partial(_wrong_loss, "twice"),
        ),
        Mistake(
            "The ReLU comes before the turn, in the old basis. Then nothing could ever depend on "
            "the basis: turn first, so that the ReLU works on the turned units.",
            partial(_wrong_loss, "early"),
        ),
        Mistake(
            "The ReLU is always on. Apply it only where `relu` is true.",
            partial(_wrong_loss, "always"),
        ),
        Mistake("The ReLU is never applied.", partial(_wrong_loss, "never")),
        Mistake(
            "These are the summed squares. A mean does not grow with the number of examples.",
            partial(_wrong_loss, "sum"),
        ),
    ],
    hints=[
        "Four steps: into the units and turn, ReLU if there is one, turn back and out, error.",
        "`hidden = x @ weights @ rotation`. To turn back, multiply by `rotation.T`.",
        (
            "`back = hidden @ rotation.T @ weights.T` with `hidden = np.maximum(hidden, 0)` before "
            "it if `relu`; the loss is `((back - x) ** 2).mean()`."
        ),
    ],
    minutes=8,
    difficulty=2,
)


# --- turned-days: a function ---


def turned(points: Numbers, plane: Numbers, days: int) -> Any:  # noqa: ANN401 -- an array
    """Turn points by so many sevenths of a circle, in a plane and about their mean."""
    inside = (points - points.mean(0)) @ plane.T
    angle = 2 * np.pi * days / 7
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]])
    return points + (inside @ turn - inside) @ plane


def _circles() -> Iterator[tuple[Numbers, Numbers, int]]:
    """Yield seven points off the origin that also differ outside their plane."""
    for width, days in ((4, 1), (5, 3)):
        rng = np.random.default_rng(width)
        plane = np.linalg.qr(rng.standard_normal((width, 2)))[0].T
        angles = 2 * np.pi * np.arange(7) / 7
        circle = np.stack([np.cos(angles), np.sin(angles)], -1) @ plane
        yield circle + 0.3 * rng.standard_normal((7, width)) + 1.5, plane, days


def _check_turned(my_turned: Callable[..., Any]) -> str:
    for points, plane, days in _circles():
        came = expect.call(my_turned, points, plane, days)
        expected = turned(points, plane, days)
        expect.numbers(came, expected, f"The points, turned by {days} of 7 days")
    return "It turns about the mean, within the plane, and leaves everything else as it was."


def _wrong_turn(kind: str, points: Numbers, plane: Numbers, days: int) -> Any:  # noqa: ANN401 -- an array
    middle = points.mean(0)
    inside = (points if kind == "origin" else points - middle) @ plane.T
    angle = {"back": -2 * np.pi, "degrees": 360}.get(kind, 2 * np.pi) * days / 7
    cos, sin = np.cos(angle), np.sin(angle)
    turn = inside @ np.array([[cos, sin], [-sin, cos]])
    if kind == "flat":
        return middle + turn @ plane
    return points + (turn - (0 if kind == "added" else inside)) @ plane


TURNED = Exercise(
    slug="turned-days",
    title="Turn the week by a day",
    reference=turned,
    check=_check_turned,
    inputs=_circles,
    mistakes=[
        Mistake(
            "It turns the other way. With points as rows, turning from the first axis of the plane "
            "to the second is `inside @ [[cos, sin], [-sin, cos]]`.",
            partial(_wrong_turn, "back"),
        ),
        Mistake(
            "The angle is in degrees, and numpy takes radians: a full turn is `2 * np.pi`.",
            partial(_wrong_turn, "degrees"),
        ),
        Mistake(
            "You turn about the origin, which is not in the middle of the points: subtract their "
            "mean first.",
            partial(_wrong_turn, "origin"),
        ),
        Mistake(
            "What lies outside the plane is lost. Change only the part inside it: take the old "
            "part off, put the turned part on, and keep the rest.",
            partial(_wrong_turn, "flat"),
        ),
        Mistake(
            "The turned part is added, but the old part is still there. Take it off.",
            partial(_wrong_turn, "added"),
        ),
    ],
    hints=[
        "Which two numbers say where a point lies in the plane? Turn these, and nothing else.",
        "`inside = (points - points.mean(0)) @ plane.T` has shape (7, 2). `@ plane` leads back.",
        (
            "With `turn = np.array([[cos, sin], [-sin, cos]])`, return `points + (inside @ turn - "
            "inside) @ plane`; the angle is `2 * np.pi * days / 7`."
        ),
    ],
    minutes=10,
    difficulty=4,
)
