# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     notebook_metadata_filter: kernelspec,jupytext,-jupytext.text_representation.jupytext_version
#     cell_metadata_filter: tags,-all
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Gallery
#
# **What can you see inside a language model, and how do you get each picture for a model of your own?**
#
# | | |
# | --- | --- |
# | Time | 20 minutes to look around |
# | You need | a little Python; [notebook 00](00_start_here.ipynb) explains the words |
# | It uses | 0.8 GB of memory; no network and no GPU |
#
# Every view stands here once, on `tiny-world`, the small model of this course. Above each stands what it
# is for, below it what else it takes. Nothing in a view knows which model it shows: what works here works
# on a model of yours, and the last part does it, on a Llama that was never trained.
#
# In every view you point with the mouse or walk with the arrow keys. A click or **Enter** keeps what you
# point at, **Esc** lets go. `view.selection.value` is what you chose.

# %%
import interp_widgets as iw
from interp_widgets.worlds.tiny_world import PROMPTS, World

model = iw.load_model("tiny-world")
prompt = "When Mary and John went to the store, John gave a drink to"
trace = iw.trace(model, prompt)

# %% [markdown]
# ## AttentionView: which token looks at which
#
# Every head of every layer is a small square, one of them is enlarged, and below stands the text. Use it to
# find the heads that do something and to see where they look. An
# [attention pattern](glossary.md#attention-pattern) is a hypothesis about what matters, not yet a finding.

# %%
attention = iw.AttentionView(trace, title="Head 2 of layer 3 looks at Mary")
attention.selection.set(layer=3, head=2, pos=14)
attention

# %% [markdown]
# **What else it takes:** a TransformerLens `ActivationCache` or `HookedTransformer` 3.x cache; what a Hugging
# Face model returns as `attentions`; an array of shape (layer, head, query, key) with `tokens`; or a function
# that fetches one head, for models whose patterns do not fit in memory. `compare=` subtracts another run.
#
# ## LogitLensView: what it would say after each layer
#
# Each row stops the model early and reads what it would predict. Use it to see in which layer an answer comes
# up, and to follow the rank of one token on its way to the output.

# %%
iw.LogitLensView(iw.logit_lens(trace), title="The answer comes in the last layer")

# %% [markdown]
# **What else it takes:** TransformerLens' own `LogitLensResult`, or several lenses at once, to switch between
# them.
#
# ## TokenView: a number for each token
#
# It colours text by anything you have measured: [loss](glossary.md#loss), neurons, latents, the output of a
# probe. With several measurements you choose one from the list. Here it is the loss: how little the model
# expected each word.

# %%
from interp_widgets.analysis.loss import token_loss

iw.TokenView(
    trace.tokens, token_loss(trace), channels=["loss in nats"], title="What surprised the model"
)

# %% [markdown]
# **What else it takes:** tokens and an array, (token) or (token, channel); lists of both for several texts.
#
# ## FeatureView: what makes a neuron react
#
# The dashboard of all neurons of a layer, over two hundred documents: a list to sort and search, and for the
# one that is open its strongest and weaker examples, random ones beside them, and the words that it pushes up
# and down. Use it to guess what a neuron stands for, and to see where the guess fails: all of the strongest
# examples of neuron 150 are plural nouns, but the weakest are verbs. In the notebook it also reads a text of
# your own.

# %%
texts = [document.text for document in World.shipped().documents(200, seed=0)]
dashboard = iw.feature_dashboard(model, "blocks.1.mlp.hook_post", texts)
neurons = iw.FeatureView(dashboard, title="Neurons of layer 1: is 150 for plurals?")
neurons.selection.set(feature=150)
neurons

# %% [markdown]
# **What else it takes:** directions, (feature, d_model), or a sparse autoencoder with `encode` and `W_dec`, in
# the place of the name of a hook; `features=` picks a few.
#
# ## PatchView: which places carry a difference
#
# Two prompts differ in one word, and so do their answers. One activation at a time is taken from the run of
# the first and put into the run of the second. Where that brings the first answer back, the difference was
# carried. Use it to go from "where does it look" to "what does it use".

# %%
corrupted = prompt.replace("John gave", "Mary gave")
sweep = iw.patch_sweep(model, prompt, corrupted, iw.logit_difference(model, " Mary", " John"))
iw.PatchView(sweep, title="The name of the giver moves to the last word")

# %% [markdown]
# **What else it takes:** `over=("layer", "head")` and `over=("head", "pos")` patch heads, `direction="noising"`
# goes the other way, and any function of the logits can be the metric.
#
# ## SuperpositionView: more features than dimensions
#
# Toy models of 5 features that must pass through 2 numbers. Where features are seldom active together, a model
# can hold more than two, at the price that they disturb each other. The slider goes from dense features to
# rare ones: watch two arrows become five. The cell trains the models, in a few seconds.

# %%
import torch

densities = [1.0, 0.3, 0.1, 0.02]  # how likely each feature is active
importance = [1.0, 0.9, 0.81, 0.73, 0.66]  # how much each feature's error counts
density = torch.tensor(densities)[:, None, None]
torch.manual_seed(0)
vectors = (0.3 * torch.randn(4, 5, 2)).requires_grad_()  # (instance, feature, hidden)
bias = torch.zeros(4, 1, 5, requires_grad=True)
optimiser = torch.optim.Adam([vectors, bias], lr=0.005)
for _ in range(2000):
    x = torch.rand(4, 512, 5) * (torch.rand(4, 512, 5) < density)
    out = torch.relu(x @ vectors @ vectors.mT + bias)
    errors = (out - x) ** 2 * torch.tensor(importance)
    losses = errors.mean((1, 2)) / density[:, 0, 0]  # of one size, however rare the features
    optimiser.zero_grad()
    losses.sum().backward()
    optimiser.step()

iw.SuperpositionView(
    vectors.detach(), densities, importance=importance, title="Five features in two dimensions"
)

# %% [markdown]
# **What else it takes:** weights of any toy model, (instance, feature, hidden), also of more than two hidden
# dimensions; `losses=` where you have them.
#
# ## PhaseDiagram: which of two features is held
#
# Two features that must share one number. How rare they are (downwards) and how much the second one matters (to
# the right) decide what a model learns: the first, the second, or both in opposite directions. Click a cell to see
# the weights of the model that was trained there. Use it where a result jumps from one answer to another.

# %%
from interp_widgets.analysis.phase import load_phase_grid

phases = iw.PhaseDiagram(load_phase_grid())
phases.choose(7, 3)
phases

# %% [markdown]
# **What else it takes:** `train_phase_grid(densities, importances)` of the same module trains a grid of your own.
#
# ## Workbench: type, and everything follows
#
# A box for a prompt over the first three views. They are linked: a token that you choose in one is marked in
# the others.

# %%
iw.Workbench(model, PROMPTS[4], examples=PROMPTS, unknown_words=World.shipped().unknown_words)

# %% [markdown]
# **What else it takes:** `PromptBox(run, view)` puts the same box over any view of yours: `run` is a function
# from a prompt to what the view takes.
#
# ## Views that follow each other
#
# Views with one `selection` share all that is chosen. `iw.link` joins two in part: here the token, but not the
# layer. This goes on without Python, also in the page that `iw.to_html` writes.

# %%
from IPython.display import display

lens = iw.LogitLensView(iw.logit_lens(trace), title="The same token")
link = iw.link(attention, lens, fields=["pos"])
display(attention, lens)

# %% [markdown]
# ## The field's classic views
#
# Papers and other courses show the views of circuitsvis. `iw.classic` draws them without asking the network.
# They take a token such as `<bos>` for markup; so each `<` becomes a look-alike, as the line below says.

# %%
import circuitsvis

heads = attention.pattern.weights[3]  # (head, query, key), of layer 3
iw.classic(circuitsvis.attention.attention_heads(heads, list(trace.tokens)))

# %% [markdown]
# ## Take it along
#
# `view.to_html("view.html")` writes one file that stays interactive and needs no network, `iw.to_html([a, b],
# "both.html")` several that stay linked. `view.to_png()` is a picture, `view.figure` a plotly figure,
# `view.to_frame()` a table of the numbers, and `view.describe()` says in a paragraph what is on show.

# %%
attention.to_frame().head()

# %% [markdown]
# ## A model of your own
#
# `iw.load_model` takes a folder in Hugging Face layout, or the name of a model on the Hub. To have one without
# a network, here is a small Llama with random weights: another design than `tiny-world`, with rotary
# positions and 6 heads that share 2 sets of keys (*grouped-query attention*). It is saved as any model is.

# %%
from tempfile import TemporaryDirectory

from transformers import LlamaConfig, LlamaForCausalLM
from transformers.utils.logging import disable_progress_bar

disable_progress_bar()
torch.manual_seed(0)
tokenizer = model.tokenizer  # yours comes with your model
config = LlamaConfig(
    vocab_size=len(tokenizer),
    hidden_size=48,
    intermediate_size=96,
    num_hidden_layers=3,
    num_attention_heads=6,
    num_key_value_heads=2,
    max_position_embeddings=128,
)
with TemporaryDirectory() as folder:
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    llama = iw.load_model(folder)

# %%
own = iw.trace(llama, prompt)
iw.AttentionView(own, title="A Llama before training: every head spreads its attention evenly")

# %%
iw.LogitLensView(iw.logit_lens(own), title="A Llama before training has nothing to say")

# %% [markdown]
# **What you should see.** Rows that fade evenly: a token spreads its attention over all that came before it.
# And predictions of next to no probability. An untrained model is the [control](glossary.md#control) for
# whatever you find in a trained one: a picture that looks the same in both says nothing about what was learned.
#
# Everything above works on `llama` too: put it in the place of `model`, and run the cells again.
