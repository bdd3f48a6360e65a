"""What dashboards of features hold, and what they refuse to hold."""

from __future__ import annotations

import numpy as np
import pytest

from interp_widgets.results import OptimisedInput
from tests.widgets.feature_sample import NUMBERS, dashboard


def test_fields_become_arrays_that_nobody_can_change():
    made = dashboard(names=["a", "b", "c", "d"])
    assert made.example_ids.shape == (4, 6, 5)
    assert made.names == ("a", "b", "c", "d")
    for array in (made.features, made.counts, made.example_values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError):
        made.words[0] = "other"


def test_a_feature_is_found_by_its_number():
    made = dashboard()
    assert [made.place(number) for number in (*NUMBERS, 5, None)] == [0, 1, 2, 3, None, None]


def test_the_histogram_counts_the_tokens():
    assert dashboard().tokens == dashboard().counts[0].sum()


def swapped(name):
    return {name: np.swapaxes(getattr(dashboard(), name), 0, 1)}


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"kind": "head"}, ValueError, r"kind: expected one of .*got 'head'"),
        ({"features": np.array([1, 1, 2, 3])}, ValueError, "features: expected different numbers"),
        ({"features": np.array([0.5, 1, 2, 3])}, TypeError, "features: expected whole numbers"),
        ({"density": np.zeros(3)}, ValueError, r"density: expected shape \(feature\), here \(4,\)"),
        ({"edges": np.zeros((4, 7))}, ValueError, r"edges: .* here \(4, 8\), got \(4, 7\)"),
        ({"peak": np.full(4, np.nan)}, ValueError, "peak: expected finite numbers"),
        (swapped("counts"), ValueError, r"counts: .*got \(7, 4\)"),
        (swapped("example_values"), ValueError, r"example_values: .*got \(6, 4, 5\)"),
        (swapped("up_logits"), ValueError, r"up_logits: .*got \(2, 4\)"),
        (swapped("near_cosines"), ValueError, r"near_cosines: .*got \(3, 4\)"),
        ({"focus": 5}, ValueError, "focus: expected a place in the window of 5"),
        ({"bands": ("one",)}, ValueError, "example_bands: expected numbers below 1"),
        ({"near": np.full((4, 3), 99)}, ValueError, r"near: .*got \[99\]"),
        ({"words": {0: "a"}}, ValueError, "words: expected the text of every id"),
        ({"names": ["a"]}, ValueError, "names: expected shape"),
        ({"read": "model"}, TypeError, "read: expected a function"),
        ({"optimised": {99: OptimisedInput(1, image=np.zeros((2, 3)))}}, ValueError, "optimised"),
        ({"optimised": {7: "text"}}, ValueError, "optimised: expected an OptimisedInput"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(changed, error, message):
    with pytest.raises(error, match=message):
        dashboard(**changed)


def test_an_optimised_input_is_a_text_or_an_image():
    made = OptimisedInput(3, tokens=["a", "b"], values=[1, 3])
    assert (made.tokens, made.values.tolist(), made.image) == (("a", "b"), [1, 3], None)
    assert OptimisedInput(3, image=np.zeros((4, 5, 3))).image.shape == (4, 5, 3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "image: .*got neither"),
        ({"tokens": ["a"], "values": [1], "image": np.zeros((2, 3))}, "image: .*got both"),
        ({"tokens": ["a", "b"], "values": [1]}, "tokens"),
        ({"tokens": ["a", "b"], "values": [1, np.nan]}, "values: expected a finite number"),
        ({"image": np.zeros((2, 3, 4))}, r"image: .*got \(2, 3, 4\)"),
        ({"image": np.full((2, 3), 255)}, "image: expected numbers from 0 to 1"),
        ({"image": np.zeros((2, 3)), "activation": np.inf}, "activation"),
    ],
)
def test_other_optimised_inputs_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        OptimisedInput(**{"activation": 1.0} | given)
