"""The loss at each token is that of the model itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from interp_widgets._trace import trace
from interp_widgets.analysis.loss import token_loss
from interp_widgets.models import load_model
from tests.small_gpt2 import PROMPT, write_gpt2


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_model(write_gpt2(tmp_path_factory.mktemp("models") / "small"))


def test_the_loss_of_each_token_is_that_of_the_model(model):
    with torch.no_grad():
        expected = model(model.to_tokens(PROMPT), return_type="loss", loss_per_token=True)[0]
    loss = token_loss(trace(model, PROMPT))
    np.testing.assert_allclose(loss[1:], expected.numpy(), atol=1e-5)
    assert np.ptp(loss[1:]) > 1


def test_nothing_predicts_the_first_token(model):
    assert np.isnan(token_loss(trace(model, PROMPT))[0])
    assert np.isnan(token_loss(trace(model, "<bos>"))).tolist() == [True]


def test_a_run_without_the_last_residual_stream_is_refused(model):
    with pytest.raises(ValueError, match=r"blocks\.1\.hook_resid_post.*without hooks="):
        token_loss(trace(model, PROMPT, hooks=["resid_pre"]))
