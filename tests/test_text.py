"""Every character of a token can be seen, and none of it can become markup."""

from __future__ import annotations

import html
import html.parser
import json
import re

import numpy as np
import pytest

from interp_widgets import text


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        (" mat", "·mat"),
        ("mat", "mat"),
        ("\n", "↵"),
        ("a\tb", "a⇥b"),
        ("<bos>", "<bos>"),
        ("</s>", "</s>"),
        ("", "∅"),
        ("\x00", "⟨U+0000⟩"),
        ("\u200b", "⟨U+200B⟩"),  # no width
        ("\u202e", "⟨U+202E⟩"),  # turns the reading direction around
        ("\ud800", "⟨U+D800⟩"),  # half of a character
        (" \ufffd", "·⟨piece⟩"),  # bytes that are no character by themselves
        ("\u00a0", "⟨U+00A0⟩"),  # a space that is not the space
        ("\u2800", "⟨U+2800⟩"),  # a letter without ink
        ("\u0301", "◌\u0301"),  # an accent with nothing under it
        ("e\u0301", "e\u0301"),
        ("漢🦊", "漢🦊"),
    ],
)
def test_every_character_of_a_token_can_be_seen(token, shown):
    assert text.visible(token) == shown


def test_a_visible_token_keeps_to_its_limit_and_says_that_more_was_there():
    shown = text.visible("ab" * 5000, limit=11)
    assert len(shown) == 11
    assert "…" in shown
    assert text.visible("\u202e" * 9, limit=11).count("…") == 1


def test_text_for_a_program_that_reads_markup_has_look_alikes_and_its_own_spaces():
    assert text.unmarked(" <b>\n\u202e") == " \u2039b>\n⟨U+202E⟩"
    assert "<" not in text.unmarked("<" * 1000)
    assert len(text.unmarked("<" * 1000)) == text.LITERAL_LIMIT


def test_prose_keeps_its_spaces_but_shows_what_has_no_width():
    assert text.prose("one  two\u200b") == "one  two⟨U+200B⟩"


def test_a_literal_names_the_exact_characters_and_its_length_when_shortened():
    assert text.literal(" mat\n") == r"' mat\n'"
    assert text.literal("\u202e\ud800") == r"'\u202e\ud800'"
    assert text.literal("x" * 1000).endswith("(1000 characters)")
    assert len(text.literal("x" * 1000)) < 340


def test_a_literal_explains_the_mark_of_bytes_that_are_no_character():
    assert text.literal(" \ufffd") == "' \ufffd' (holds a piece of a character)"
    assert text.literal("mat") == "'mat'"


HOSTILE = [
    "</script><script>x()</script>",
    "<!--<script>",
    "\u2028x()",
    '"><img src=x onerror=x()>',
]


@pytest.mark.parametrize("token", [*HOSTILE, "\ud800", "a'b", "plain"])
def test_html_escaped_text_is_read_back_as_text_alone(token):
    seen, tags = [], []
    parser = html.parser.HTMLParser(convert_charrefs=True)
    parser.handle_data = seen.append
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    escaped = text.html(token)
    parser.feed(f'<p title="{escaped}">{escaped}</p>')
    parser.close()
    expected = token.replace("\ud800", "⟨U+D800⟩")
    assert tags == [("p", {"title": expected})]
    assert "".join(seen) == expected
    escaped.encode("utf-8")


@pytest.mark.parametrize("token", [*HOSTILE, "\ud800"])
def test_json_in_a_script_is_ascii_without_an_opening_bracket_and_reads_back(token):
    written = text.json_for_script({"tokens": [token]})
    assert re.fullmatch(r"[\x20-\x7e]*", written)
    assert "<" not in written
    assert json.loads(written) == {"tokens": [token]}


def test_json_in_a_script_refuses_numbers_that_are_not_json():
    with pytest.raises(ValueError, match="JSON"):
        text.json_for_script({"weight": float("nan")})


def test_plotly_text_holds_neither_markup_nor_tex():
    escaped = text.plotly("<b>$x$</b> & <a href='x'>")
    assert "<" not in escaped
    assert "$" not in escaped
    assert html.unescape(escaped) == "<b>$x$</b> & <a href='x'>"


def test_text_of_numpy_is_quoted_like_any_other():
    assert text.literal(np.array([" mat"])[0]) == "' mat'"
