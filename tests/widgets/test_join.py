"""Modules are joined in the order of need, each once, and nothing comes from elsewhere."""

from __future__ import annotations

import pytest

from interp_widgets.widgets._join import bare_style, join_modules, module_names

FILES = {
    "view.js": 'import { a } from "./one.js";\nimport {\n  b,\n} from "./two.js";\n\n'
    "/** Draws. */\nfunction render() { a(b); }\nexport default { render };\n",
    "one.js": 'import { b } from "./two.js";\n/**\n * Long\n */\nexport function a() { b; }\n',
    "two.js": "/** @typedef {number} N */\nexport const b = /** @type {N} */ (1);\n",
}


def test_only_what_the_browser_needs_is_kept_and_texts_are_left_alone():
    text = (
        "// What it does.\n\n/** Doc. */\nclass A {\n  a = 1 - -2; // why\n\n"
        "  /** @param {string} b */\n  at(/** @type {any} */ b) {\n"
        '    return b ? `${b} : //x` : "a, \\" = b";\n  }\n}\n'
    )
    assert join_modules("view", {"view.js": text}.__getitem__) == (
        'class A{a=1 - -2;at(b){return b?`${b} : //x`:"a, \\" = b";}}\n'
    )


def test_a_module_follows_everything_it_needs_and_keeps_only_code():
    assert join_modules("view", FILES.__getitem__) == (
        "const b=(1);\nfunction a(){b;}\nfunction render(){a(b);}\nexport default {render};\n"
    )


def test_modules_are_listed_once_each_behind_what_they_need():
    assert module_names("view", FILES.__getitem__) == ["two", "one", "view"]


@pytest.mark.parametrize(
    "line",
    [
        'import { a } from "https://example.org/a.js";\n',
        'import { a } from "../a.js";\n',
        'import a from "./one.js";\n',
        'const c = 1;\nimport { a } from "./one.js";\n',
    ],
)
def test_an_import_of_another_kind_is_refused_with_its_line(line):
    files = FILES | {"view.js": line}
    with pytest.raises(ValueError, match=r"view\.js: expected imports.*got 'import"):
        join_modules("view", files.__getitem__)


def test_a_name_that_two_modules_give_to_different_things_is_refused():
    files = FILES | {"two.js": FILES["two.js"] + "const render = 2;\n"}
    with pytest.raises(ValueError, match=r"view\.js: expected names of its own, got 'render'.*two"):
        join_modules("view", files.__getitem__)


def test_a_style_sheet_keeps_its_rules_and_loses_its_comments_and_line_breaks():
    text = (
        ".a :is(b, i) {\n  top: 1px; /* why */\n  left: 0;\n}\n@media (x) {\n  .b { top: 0; }\n}\n"
    )
    assert bare_style(text) == ".a :is(b, i){top: 1px;left: 0;}@media (x){.b{top: 0;}}"
