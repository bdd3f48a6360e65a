"""TransformerLens' own tools run on every shipped model, or stand in one list of those that do not.

The list is checked both ways: a tool that begins to work makes its entry fail.
"""

from __future__ import annotations

import pytest
import torch
from transformer_lens import patching
from transformer_lens.tools.analysis import (
    EdgeAttributionConfig,
    attribution_patch,
    collect_activations,
    direct_logit_attribution,
    get_act_patch_direct_path,
    logit_lens,
)

from interp_widgets import _native, data
from interp_widgets.models import SHIPPED, load_model
from interp_widgets.worlds.known import sequences


class Case:
    """A model with two sequences, the cache of one of them, and a metric."""

    def __init__(self, name):
        self.model = load_model(name)
        if name in NATIVE:
            ids = sequences(name, most=60)[-1]
            self.clean, self.corrupted = torch.from_numpy(ids[:1]), torch.from_numpy(ids[1:2])
        else:
            prompts = (f"{who} lives in Lima. {who} lives in" for who in ("Mary", "John"))
            self.clean, self.corrupted = map(self.model.to_tokens, prompts)
        _, self.cache = self.model.run_with_cache(self.clean)

    def metric(self, logits):
        return logits[0, -1].max()

    def patch(self, tool):
        return getattr(patching, f"get_act_patch_{tool}")(
            self.model, self.corrupted, self.cache, self.metric
        )

    def attributed(self, unit):
        folded = load_model(self.model.cfg.model_name)
        folded.enable_compatibility_mode()  # which this tool asks for
        pair = {"answer_tokens": torch.tensor([1]), "incorrect_tokens": torch.tensor([2])}
        return direct_logit_attribution(folded, self.clean, unit=unit, **pair)

    def direct_path(self):
        _, corrupted = self.model.run_with_cache(self.corrupted)
        return get_act_patch_direct_path(
            self.model, self.corrupted, self.cache, corrupted, self.metric, src_layer=0, src_head=0
        )

    def collected(self):
        return collect_activations(
            self.model,
            "blocks.0.hook_out",
            self.clean,
            lambda ids: self.model(ids)[:, -1],
            positions=torch.tensor([1]),
        )

    def flag(self, name):
        switch = getattr(self.model, f"set_{name}")
        try:
            switch(True)  # noqa: FBT003 -- TransformerLens' own
            return self.model.run_with_cache(self.clean)
        finally:
            switch(False)  # noqa: FBT003


PATCHES = [
    *("resid_pre", "resid_mid", "attn_out", "mlp_out", "block_every"),
    *("attn_head_out_all_pos", "attn_head_q_all_pos", "attn_head_k_all_pos"),
    *("attn_head_v_all_pos", "attn_head_pattern_all_pos", "attn_head_out_by_pos"),
    *("attn_head_all_pos_every",),
]
TOOLS = {
    **{f"patching {tool}": lambda case, tool=tool: case.patch(tool) for tool in PATCHES},
    "logit lens": lambda case: logit_lens(case.model, case.clean),
    "attribution by component": lambda case: case.attributed("component"),
    "attribution by head": lambda case: case.attributed("head"),
    "attribution patching, nodes": lambda case: attribution_patch(
        case.model, case.clean, case.corrupted, case.metric
    ),
    "attribution patching, edges": lambda case: attribution_patch(
        case.model, case.clean, case.corrupted, case.metric, EdgeAttributionConfig("edge")
    ),
    "direct path": Case.direct_path,
    "interchange": Case.collected,
    "head results": lambda case: case.cache.stack_head_results(),
    "decomposed stream": lambda case: case.cache.decompose_resid(),
    "QK and OV": lambda case: (case.model.QK, case.model.OV),
    "generation": lambda case: case.model.generate(
        case.clean[:, :2], max_new_tokens=2, verbose=False
    ),
    "use_attn_result": lambda case: case.flag("use_attn_result"),
    "use_split_qkv_input": lambda case: case.flag("use_split_qkv_input"),
    "use_attn_in": lambda case: case.flag("use_attn_in"),
    "use_hook_mlp_in": lambda case: case.flag("use_hook_mlp_in"),
}
SEEING = {"vision-shapes"}  # reads images, so it is no TransformerBridge
READING = [name for name in SHIPPED if name not in SEEING]
FOLDERS = {name: data.root() / "models" / name for name in SHIPPED}
NATIVE = {name for name in SHIPPED if _native.architecture(FOLDERS[name]) == _native.NATIVE}
ATTENTION_ONLY = {"hand-induction", "induction-1l", "induction-2l"}
UNSUPPORTED = {
    # There is no MLP to look at.
    "patching resid_mid": ATTENTION_ONLY,
    "patching mlp_out": ATTENTION_ONLY,
    "patching block_every": ATTENTION_ONLY,
    # TransformerLens 4.3 asks for the MLPs' output, also where there are none.
    "attribution patching, nodes": ATTENTION_ONLY,
    # TransformerLens 4.3 offers these for other kinds of attention than its own architecture's.
    "use_attn_result": NATIVE,
    "use_split_qkv_input": NATIVE,
    "use_attn_in": NATIVE,
    "attribution patching, edges": NATIVE,
    "direct path": NATIVE,
}


@pytest.fixture(scope="module", params=READING)
def case(request):
    return Case(request.param)


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_runs_unless_the_list_says_otherwise(case, tool):
    name = case.model.cfg.model_name
    if name in UNSUPPORTED.get(tool, ()):
        with pytest.raises((KeyError, NotImplementedError, ValueError)):
            TOOLS[tool](case)
    else:
        assert TOOLS[tool](case) is not None


def test_the_list_names_tools_and_models_that_there_are():
    assert set(UNSUPPORTED) <= set(TOOLS)
    assert set().union(*UNSUPPORTED.values()) <= set(READING)


def test_patching_tells_the_head_that_carries_the_symbol_from_the_one_that_does_nothing():
    """A tool must not only run: what it says is right on a model that is known."""
    model = load_model("compiled-reverse")
    clean, corrupted = model.to_tokens("abcd"), model.to_tokens("bbcd")
    _, cache = model.run_with_cache(clean)
    answer = model.tokenizer.get_vocab()["a"]
    patched = patching.get_act_patch_attn_head_out_all_pos(
        model, corrupted, cache, lambda logits: logits[0, -1, answer]
    )
    expected = torch.zeros(3, 2)
    expected[2, 0] = 10
    torch.testing.assert_close(patched, expected)
