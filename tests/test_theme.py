"""Palettes keep their order in grey print and for colour-blind readers; text can be read."""

from __future__ import annotations

import itertools
import re

import numpy as np
import plotly.io
import pytest

from interp_widgets import theme

SCHEMES = {"light": theme.LIGHT, "dark": theme.DARK}
# How linear red, green and blue reach an eye that lacks one kind of cone (Machado et al., 2009).
EYES = {
    "usual": np.eye(3),
    "protan": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deutan": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritan": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.147], [0.005, 0.691, 0.304]],
}
WHITE = np.array([0.9505, 1.0, 1.089])
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def linear(colours):
    share = np.asarray(colours, dtype=float) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(colours, eye="usual"):
    """(n, 3) of lightness, green to red, blue to yellow, as that eye sees it."""
    seen = np.clip(linear(colours) @ np.transpose(EYES[eye]), 0, 1)
    x, y, z = (np.cbrt(seen @ np.transpose(TO_XYZ) / WHITE)).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def is_monotone(colours, eye):
    steps = np.diff(lab(colours, eye)[:, 0])
    return bool((steps > -0.3).all() or (steps < 0.3).all())  # rounding to 8 bits costs 0.2


def rgb(colour):
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def contrast(one, other):
    weights = [0.2126, 0.7152, 0.0722]
    low, high = sorted(float(linear(rgb(colour)) @ weights) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_sequential_palette_changes_lightness_in_one_direction_for_every_eye(scheme, eye):
    assert is_monotone(theme.ramp(SCHEMES[scheme].sequential), eye)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_side_of_a_diverging_palette_changes_lightness_in_one_direction(scheme, eye):
    ramp = theme.ramp(SCHEMES[scheme].diverging)
    assert is_monotone(ramp[:128], eye)
    assert is_monotone(ramp[128:], eye)


def test_a_rainbow_would_not_pass():
    rainbow = ("#0000ff", "#00ffff", "#00ff00", "#ffff00", "#ff0000")
    assert not is_monotone(theme.ramp(rainbow), "usual")


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("palette", ["sequential", "diverging"])
def test_neighbouring_colours_of_a_palette_differ_for_every_eye(scheme, palette, eye):
    stops = lab([rgb(stop) for stop in getattr(SCHEMES[scheme], palette)], eye)
    nearest = min(np.linalg.norm(b - a) for a, b in itertools.pairwise(stops))
    assert nearest > 5  # about twice what an eye can just tell apart


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_words_can_be_read_on_every_ground_they_stand_on(scheme):
    for ground in (scheme.background, scheme.surface, scheme.masked):
        assert contrast(scheme.text, ground) >= 4.5
        assert contrast(scheme.muted, ground) >= 4.5
    assert contrast(scheme.accent, scheme.background) >= 4.5


def test_the_ends_of_a_ramp_are_the_ends_of_the_palette():
    ramp = theme.ramp(theme.LIGHT.sequential)
    assert ramp.shape == (256, 3)
    assert [ramp[0].tolist(), ramp[-1].tolist()] == [
        rgb(theme.LIGHT.sequential[0]),
        rgb(theme.LIGHT.sequential[-1]),
    ]


def test_the_style_sheet_names_every_colour_of_both_schemes():
    css = theme.css()
    for name in vars(theme.LIGHT):
        assert len(re.findall(rf"--iw-{name}:#", css)) == 4  # each scheme by media and by host


def test_the_plotly_template_is_never_made_the_default():
    before = plotly.io.templates.default
    template = theme.plotly_template(dark=True)
    assert template.layout.paper_bgcolor == theme.DARK.background
    assert template.layout.colorscale.sequential[-1] == (1.0, theme.DARK.sequential[-1])
    assert plotly.io.templates.default == before


def test_a_chart_without_a_ground_of_its_own_can_be_read_on_either():
    layout = theme.plotly_template().layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    for ground in (theme.LIGHT.background, theme.DARK.background):
        assert contrast(layout.font.color, ground) > 4
        assert all(contrast(colour, ground) >= 3 for colour in layout.colorway[:2])
