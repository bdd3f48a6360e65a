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
# # 01 · Inside a transformer
#
# **What passes from layer to layer, and how do you find the part that writes the answer?**
#
# | | |
# | --- | --- |
# | Time | 90 minutes |
# | Difficulty | 2 of 5 |
# | You need | notebook [00](00_start_here.ipynb), matrix products, a little PyTorch |
# | It uses | 0.8 GB of memory, and about 20 seconds to run through; no network and no GPU |
#
# In notebook 00 you looked at a model from outside. Now you open it: you read what stands between the
# layers, switch parts off, follow the weights, and tell who wrote an answer from who decided it.

# %%
import numpy as np
import plotly.express as px
import torch

import interp_widgets as iw
from interp_widgets import theme
from interp_widgets.course import environment

environment.check()
torch.set_grad_enabled(False)  # nothing is trained here
lesson = iw.lesson("01_inside_a_transformer")

# %% [markdown]
# Three questions to begin with, on what you saw in notebook 00.

# %%
lesson.quiz("warm-up")

# %% [markdown]
# ## You will be able to
#
# - take the **residual stream** apart into what each part of the model wrote into it;
# - read any activation and **silence** any head, with a hook;
# - follow the weights of a head: its **query-key** circuit says where it looks, its **output-value**
#   circuit what it writes;
# - find an **induction head** by its score, and show by silencing it that the model relies on it;
# - read the stream after every layer with the **logit lens**;
# - share out an answer among those who wrote it, by **direct logit attribution**, and say what it
#   does not show.

# %% [markdown]
# ## One sum
#
# For each token a transformer keeps one long row of numbers, the **residual stream**; `d_model` is
# its length. First the token and its position are written into it. Then every head of every layer
# reads the stream and *adds* something to it. Nothing is ever rubbed out. At the end the sum is read
# once, and gives each symbol a [logit](glossary.md#logit), its score before the softmax.
#
# **The common misconception** is a factory line, where each layer gets only what the layer before it
# has made. Think of a sheet of paper on the table: everybody reads all of it, and writes in their
# own corner.
#
# Here that is easy to see. `hand-induction` is a network of two layers with four heads each, and no
# [MLP](glossary.md#MLP). Nobody trained it: its weights were written down, so that we know what each of them is for. It
# reads letters and continues a repetition.

# %%
model = iw.load_model("hand-induction")
tokens = model.to_tokens("adcbead")  # <bos> and seven letters
logits, cache = model.run_with_cache(tokens)
for chance, symbol in zip(*logits[0, -1].softmax(-1).topk(3), strict=True):
    print(f"{chance:6.1%}  {model.tokenizer.decode(symbol)}")

# %% [markdown]
# After `a d c b e a d` comes `c`, as it did the first time. The **cache** holds every activation of
# this run by its name. Cache, names and hooks are those of TransformerLens, the library that runs our
# models. (`iw.trace` gives you the same as a *trace*, without the batch axis.) The picture below shows
# the stream at the last token, a row for each part that wrote.

# %% tags=["stream"]
from interp_widgets.worlds.hand_induction import hand_induction

wrote = {
    "the token": cache["hook_embed"],
    "its position": cache["hook_pos_embed"],
    "layer 0": cache["attn_out", 0],
    "layer 1": cache["attn_out", 1],
    "the stream at the end": cache["resid_post", 1],
}
rows = torch.stack([part[0, -1] for part in wrote.values()]).numpy(force=True)
figure = px.imshow(rows, y=list(wrote), aspect="auto", template=theme.plotly_template())
for space in (spaces := hand_induction().spaces).values():
    figure.add_vline(space.stop - 0.5, line_width=1)
middle = [(space.start + space.stop) / 2 for space in spaces.values()]
figure.update_xaxes(tickvals=middle, ticktext=list(spaces))
figure.update_layout(height=300, margin_l=150, coloraxis_showscale=False)

# %% [markdown]
# **What you should see.** Four writers, each in columns of its own, which the construction calls
# *symbol*, *position*, *before* and *next*. The token is `d`, its position is 7. Layer 0 wrote that `a`
# stands *before* it, layer 1 that `c` comes *next*. The last row is the sum. Only the columns *next*
# are read out as logits. A trained network is not so tidy: there, everybody writes across all columns.
#
# ## Exercise 1: the sum gives the logits
#
# Add up the parts for any network without MLPs, and read the sum out with `W_U`, a column for each
# symbol. Fill in the two blanks. The check tries it on `hand-induction` and on `induction-2l`, a
# trained network that you will meet below. (5 minutes, difficulty 1 of 5.)


# %%
def my_own_logits(model, tokens):
    """Add up what was written into the stream, and read it out: (batch, pos, symbol)."""
    _, cache = model.run_with_cache(tokens)
    stream = ...  # what is written before the first layer, (batch, pos, d_model)
    for layer in range(model.cfg.n_layers):
        stream = stream + ...  # what the heads of this layer wrote
    return stream @ model.W_U


# %% tags=["own-logits"]
own_logits = lesson.check("own-logits", my_own_logits)

# %% [markdown]
# Because the stream is a sum, you may ask of each part what *it* did. All methods of this notebook rest
# on that.
#
# ## Read and write with a hook
#
# A **hook** is a function that the model calls at a named place, with what passes there. It may look:


# %%
def look(z, hook):
    """Print the shape of what passes: (batch, pos, head, d_head)."""
    print(tuple(z.shape))


same = model.run_with_hooks(tokens, fwd_hooks=[("blocks.0.attn.hook_z", look)])
same.equal(logits)  # looking changes nothing

# %% [markdown]
# Or it may return something, and the model goes on with that instead. Here `z` is what the heads of a
# layer hand over, before `W_O` turns it into columns of the stream. A head whose `z` is 0 writes
# nothing: it is **ablated**.
#
# ## Exercise 2: silence a head
#
# Write the hook and name the place. (7 minutes, difficulty 2 of 5.)


# %%
def my_ablated_logits(model, tokens, layer, head):
    """Run the model with one head silenced: (batch, pos, symbol)."""

    def silence(z, hook):
        ...  # z is (batch, pos, head, d_head): set the part of one head to 0
        return z

    return model.run_with_hooks(tokens, fwd_hooks=[(..., silence)])


# %% tags=["ablation"]
ablated_logits = lesson.check("ablated-logits", my_ablated_logits)

# %% [markdown]
# **Predict first.** You saw that layer 0 writes only into *before*, and that only *next* is read out.

# %%
lesson.predict("without-previous")

# %%
next_symbol = model.to_single_token("c")
for layer in range(2):
    for head in range(4):
        without = ablated_logits(model, tokens, layer, head)[0, -1].softmax(-1)
        print(f"without head {head} of layer {layer}: chance of c {without[next_symbol]:6.1%}")
lesson.reveal("without-previous")

# %% [markdown]
# Two heads carry the computation, and six do nothing. The first works only *through* the second. Keep
# that in mind: what is not read out at the end can still matter.
#
# ## Two circuits in each head
#
# A head does two things, with weights of their own. Its **query-key circuit** (`W_Q`, `W_K`) decides
# where it looks: every token asks a question, every earlier token gives an answer, and where the two
# match the head looks. Its **output-value circuit** (`W_V`, `W_O`) decides what it writes about the
# token it looks at.
#
# Multiply the matrices, and you can read both without running the model. First where the induction
# head looks. It asks with the symbol, and what answers is the *note* that head 1 of layer 0 has left:
# which symbol stood before.

# %% tags=["circuits"]
asks = model.W_E @ model.W_Q[1, 2]  # (symbol, d_head)
note = model.W_E @ model.W_V[0, 1] @ model.W_O[0, 1]  # (symbol, d_model)
answers = note @ model.W_K[1, 2]  # (symbol, d_head)
looks = asks @ answers.T / model.cfg.d_head**0.5  # (symbol that asks, symbol noted)
without_note = asks @ (model.W_E @ model.W_K[1, 2]).T / model.cfg.d_head**0.5
print(f"largest score with the note {looks.max():.0f}, without it {without_note.max():.0f}")

# %% [markdown]
# Without the note no symbol finds another: that is the control, and the reason why the ablation above
# was fatal. One head that feeds the keys of another like this is called *K-composition*.
#
# ## Exercise 3: what does a head write?
#
# Make the other table: for each symbol that a head looks at, the logit that it adds to each symbol.
# (6 minutes, difficulty 2 of 5.)


# %%
def my_ov_circuit(model, layer, head):
    """Say what a head writes for each symbol it looks at: (looked at, said), in logits.

    W_E is (symbol, d_model), W_V[layer, head] (d_model, d_head), W_O[layer, head] (d_head, d_model),
    W_U (d_model, symbol).
    """
    ...  # your code


# %%
ov_circuit = lesson.check("ov-circuit", my_ov_circuit)

# %%
tables = torch.stack([looks, ov_circuit(model, 1, 2)]).numpy(force=True)
symbols = [model.tokenizer.decode(number) for number in range(27)]
figure = px.imshow(
    tables / tables.max(axis=(1, 2), keepdims=True),
    facet_col=0, x=symbols, y=symbols, template=theme.plotly_template(),
)  # fmt: skip
titles = ("looks: row asks, column is noted", "writes: row is looked at, column is said")
for title, words in zip(figure.layout.annotations, titles, strict=True):
    title.text = words
figure.update_layout(height=460, coloraxis_showscale=False)

# %% [markdown]
# **What you should see.** Two diagonals. Left: `d` looks where the note says `d`. Right: of what it
# looks at, it says the same symbol, so the head *copies*; of `<bos>`, where it rests when it finds
# nothing, it says nothing. Together: "where did I stand before, and what came then?"
# (TransformerLens keeps `W_V @ W_O` of every head as `model.OV`; `.AB` multiplies it out.)

# %% [markdown]
# ## The same circuit, learned
#
# Do networks that were *trained* contain such a thing? `induction-2l` has two layers of four heads, like
# the one above, and was trained on random letters, segments said again and again. `induction-1l` is the
# control: the same training with one layer.
#
# ## Exercise 4: score a head for induction
#
# The sequences below begin with `<bos>`; then come `length` different letters, twice. Average how much
# each letter of the *second* saying looks at the letter that came after its first copy.
# (6 minutes, difficulty 2 of 5.)


# %%
def my_induction_score(pattern, length):
    """Return one number from 0 to 1; pattern[query, key] is one head's, a numpy array."""
    ...  # your code


# %%
induction_score = lesson.check("induction-score", my_induction_score)

# %% tags=["induction"]
from interp_widgets.worlds.hand_induction import repeated_segments

segments = torch.from_numpy(repeated_segments(count=50, length=24, seed=0))
two, one = iw.load_model("induction-2l"), iw.load_model("induction-1l")
scores = {}
for name, network in {"two layers": two, "one layer": one}.items():
    _, kept = network.run_with_cache(segments)
    for layer in range(network.cfg.n_layers):
        patterns = kept["pattern", layer].numpy(force=True)  # (sequence, head, query, key)
        scores[name, layer] = [
            np.mean([induction_score(p, 24) for p in patterns[:, h]]) for h in range(4)
        ]
        print(f"{name}, layer {layer}:", *(f"{score:.2f}" for score in scores[name, layer]))

# %% [markdown]
# **What you should see.** Zeros in the first layer of both networks, as it must be, and two induction
# heads in layer 1, heads 0 and 3. Here is one sequence, with the stronger of the two enlarged. Point at
# letters of the second saying: each looks at the letter that came next the first time. Click the square
# of the other one: it does the same.

# %%
sequence = "".join(two.tokenizer.decode(number) for number in segments[0, 1:])
iw.AttentionView(iw.trace(two, sequence), order="induction", title="Random letters, said twice")

# %% [markdown]
# Do they copy? In the table of exercise 3, a letter should say itself:

# %% tags=["copying"]
for head in range(4):
    table = ov_circuit(two, 1, head)[1:, 1:]  # letters alone
    share = (table.argmax(-1) == torch.arange(26)).float().mean()
    itself = table.diagonal().mean()
    print(
        f"head {head}: {share:4.0%} of the letters say themselves loudest; logit of itself {itself:+.1f}"
    )

# %% [markdown]
# Heads 0 and 3 copy. The others do the opposite: what they look at becomes less likely. No letter comes
# twice in a segment, so that helps, as long as the segment is new.
#
# Now the test. Without the heads that copy, the second saying should be as hard to foresee as the first.
# We measure the mean *loss* of both, in nats a letter: for the whole network, without each head of layer
# 1, and without both induction heads.
#
# **Predict first**, for the control.

# %%
lesson.predict("one-layer")

# %% tags=["silenced"]
from torch.nn.functional import cross_entropy

found = [head for head, score in enumerate(scores["two layers", 1]) if score > 0.5]


def silence(z, hook):
    """Switch off every induction head of the layer."""
    z[:, :, found] = 0


runs = {"two layers": two(segments), "one layer": one(segments)}
runs |= {f"without head {head}": ablated_logits(two, segments, 1, head) for head in range(4)}
runs["without both"] = two.run_with_hooks(segments, fwd_hooks=[("blocks.1.attn.hook_z", silence)])

# %%
losses = {}
for name, said in runs.items():
    loss = cross_entropy(said[:, :-1].transpose(1, 2), segments[:, 1:], reduction="none")
    losses[name] = loss.numpy(force=True)  # (sequence, pos), one for each letter
    first, second = losses[name][:, :24].mean(), losses[name][:, 24:].mean()
    print(f"{name:16} first time {first:.2f}   second time {second:.2f}")
lesson.reveal("one-layer")

# %%
shown = ["two layers", "without both", "one layer"]
figure = px.line({name: losses[name].mean(0) for name in shown}, template=theme.plotly_template())
figure.add_vline(23.5, line_dash="dot")
figure.update_layout(height=340, xaxis_title="letter of the sequence", legend_title="")
figure.update_yaxes(title="loss, nats", rangemode="tozero")

# %% [markdown]
# **What you should see.** With two layers the loss falls to almost nothing where the second saying begins
# (dotted). Either induction head may go, because the other does most of its work; without both, the
# second saying is as hard as the first. So the network relies on the *pair*. One ablation that changes
# little would have misled you.
#
# One layer gets only a little better: it has learned that a letter which was said will not come again
# soon. That is no induction. (Careful: with segments of 20 letters, the network without both is 18 %
# *worse* the second time, because the other two heads still warn of every letter that was said.)
#
# Below, the same losses letter by letter. Change the channel to compare.

# %%
values = np.stack([losses[name][0] for name in shown], axis=-1)
iw.TokenView(list(sequence), values, channels=shown, title="How little each letter was expected")

# %% [markdown]
# ## A language model, layer by layer
#
# Back to `tiny-world`, the model of notebook 00. It has MLPs, a norm before each reader of the stream,
# and no columns with names. Who gets the drink?
#
# ## Exercise 5: read the stream after any layer
#
# The **logit lens** asks what the model would say if it stopped here: it gives the stream after some
# layer to the reader that stands after the last one. That reader is the final norm, which brings the
# stream to a common size, and the unembedding: `model.ln_final` and `model.unembed`.
# (6 minutes, difficulty 2 of 5.)

# %%
tiny = iw.load_model("tiny-world")
receives = "When Mary and John went to the store, John gave a drink to"


def my_lens_logits(model, tokens, layer):
    """Return the logits if the model stopped after a layer: (batch, pos, vocabulary)."""
    ...  # your code


# %%
lens_logits = lesson.check("lens-logits", my_lens_logits)

# %% tags=["lens"]
for layer in range(4):
    read = lens_logits(tiny, tiny.to_tokens(receives), layer)[0, -1]
    words = [tiny.tokenizer.decode(token) for token in read.topk(4).indices]
    print(f"after layer {layer}:", *words)

lens = iw.logit_lens(iw.trace(tiny, receives), targets=[" Mary", " John"])
iw.LogitLensView(lens, target=" Mary", title="What would it say if it stopped here?")

# %% [markdown]
# **What you should see.** In the last column names come up after layer 1, `·John` leads after layer 2,
# and `·Mary` only at the output. Point at a cell to follow the rank of `·Mary` through the layers.
# **Colour by** divergence says how far each row is from the output: in the last column it falls from
# layer 1 to the end.
#
# The lens reads early streams with a reader that was trained on the last one. It may find nothing where
# there is something, so a row without the answer proves nothing.
#
# ## Fold the weights before you share out an answer
#
# The lens says *when* an answer comes up. To see *who* writes it we need each part's share of a logit.
# One thing stands in the way: the final norm multiplies every column by a *gain* and adds a *bias*, and
# whoever multiplies a part by `W_U` alone leaves these out. **Folding** moves gain and bias into `W_U`
# and `b_U`, once and for all, and also takes out the means, which the norm would subtract anyway.
# TransformerLens does it by `enable_compatibility_mode()`; it needs memory for a second copy of the
# weights.
#
# **Predict first.**

# %%
lesson.predict("folding")

# %% tags=["folding"]
folded = iw.load_model("tiny-world")
folded.enable_compatibility_mode()
mary, john = (tiny.to_single_token(name) for name in (" Mary", " John"))
for name, network in {"as trained": tiny, "folded": folded}.items():
    said, kept = network.run_with_cache(receives)
    shares = kept.logit_attrs(kept.decompose_resid(pos_slice=-1), mary, john, pos_slice=-1)
    whole = shares.sum() + network.b_U[mary] - network.b_U[john]
    said, chances = said[0, -1], said[0, -1].softmax(-1)
    print(f"{name:10}  Mary: chance {chances[mary]:.4f}, logit {said[mary]:6.2f}", end="   ")
    print(f"Mary - John: {said[mary] - said[john]:.3f}, as a sum of shares {whole:.3f}")
lesson.reveal("folding")

# %% [markdown]
# **What you should see.** The same probabilities and the same *difference* of logits. A single logit may
# differ, because folding shifts all logits of a token by one number, which the softmax does not notice.
# But only in the folded model do the shares add up to the difference. Always say which of the two you
# used; results of `iw` carry it as `folded`.
#
# ## Exercise 6: who writes the answer?
#
# **Direct logit attribution.** How much does each part add to the logit of `·Mary` minus that of
# `·John`, at the last word? The parts are the embedding, the position, and for each layer its heads
# (`attn_out`) and its MLP (`mlp_out`); the network is folded. The norm divides the whole stream by one number, and you take that
# number from the run, `ln_final.hook_scale`. How would you compute it? (10 minutes, difficulty 4 of 5.)


# %%
def my_attribution(model, tokens, answer, other):
    """Return ten numbers, one for each part in order; answer and other are token numbers."""
    ...  # your code


# %%
attribution = lesson.check("attribution", my_attribution)

# %% tags=["attribution"]
layers = [f"layer {layer}, {kind}" for layer in range(4) for kind in ("heads", "MLP")]
shares = attribution(folded, folded.to_tokens(receives), mary, john)
for part, share in zip(["token", "position", *layers], shares, strict=True):
    print(f"{part:14} {share:+6.2f}")
print(f"{'all':14} {sum(shares):+6.2f}, and b_U {folded.b_U[mary] - folded.b_U[john]:+.2f}")

# %% [markdown]
# The heads of layers 2 and 3 nearly cancel each other. Take them apart: each head's share, as
# TransformerLens computes it, and beside it the same for the sentence in which *Mary* gives the drink,
# so that the answer is John.

# %% tags=["heads"]
gives = receives.replace("John gave", "Mary gave")
by_head = {}
for name, sentence in {"Mary receives": receives, "John receives": gives}.items():
    _, kept = folded.run_with_cache(sentence)
    wrote, heads = kept.stack_head_results(pos_slice=-1, return_labels=True)
    by_head[name] = kept.logit_attrs(wrote, mary, john, pos_slice=-1)[:, 0].numpy(force=True)
figure = px.bar(
    x=heads, y=list(by_head.values()), barmode="group", template=theme.plotly_template()
)
for bars, name in zip(figure.data, by_head, strict=True):
    bars.update(name=name, hovertemplate="%{x}: %{y:.2f}")
figure.update_layout(height=360, legend_title="", xaxis_title="head")
figure.update_yaxes(title="logits for Mary over John")

# %% [markdown]
# L3H2, head 2 of layer 3, is by far the loudest voice for Mary. Is it the one that knows who receives
# the drink? Find in the bars above the head that **decides** between the two sentences, click it in the
# attention view, then run the check. (4 minutes, difficulty 2 of 5.)

# %%
names = iw.AttentionView(iw.trace(tiny, receives), title="Which head decides?")
names

# %%
deciding_head = lesson.check("deciding-head", names.selection.value)

# %% [markdown]
# So far this is a reading. The test is to silence each of the two heads, in both sentences:

# %% tags=["decides"]
for name, place in {"nobody": None, "L3H2": (3, 2), "L1H1": (1, 1)}.items():
    said = []
    for ids in map(tiny.to_tokens, (receives, gives)):
        last = (ablated_logits(tiny, ids, *place) if place else tiny(ids))[0, -1]
        said.append(float(last[mary] - last[john]))
    print(f"without {name:7} {said[0]:+6.2f} {said[1]:+7.2f}   apart by {said[0] - said[1]:.2f}")

# %% [markdown]
# **What you should see.** Without L3H2 both numbers fall by about 9 logits, but stay nearly as far
# apart as before: the head speaks for Mary whoever receives. Without L1H1 they come close to each
# other: this head looks at the giver and writes against that name, and the model can hardly tell the
# two sentences apart without it. The loudest writer is not the one that decides. A share needs a second sentence, and an
# ablation, before it is an explanation.
#
# ## The same on a model of your choice
#
# Everything above works on other models. With a network, set `MODEL = "gpt2"`: it is fetched from the Hub
# (0.5 GB). For GPT-2, Wang et al. 2023 name heads 5, 8 and 9 of layer 5 and head 9 of layer 6 as
# induction heads; other texts give other scores.

# %% tags=["transfer"]
from interp_widgets.analysis import attention

MODEL = "tiny-world"
words = "river coin Paris lamp doctor horse Monday castle"
other = iw.load_model(MODEL)
run = iw.trace(other, f"List: {words}; {words}.")
ranked = attention.induction_score(attention.attention_pattern(run))
for place in ranked.ravel().argsort()[::-1][:5]:
    layer, head = divmod(int(place), other.cfg.n_heads)
    print(f"layer {layer}, head {head}: induction score {ranked[layer, head]:.2f}")

# %% [markdown]
# ## Break it: two suspects
#
# The network below is `hand-induction` with a second head that looks like an induction head. Both have a
# score of 1. One of them carries the answer; the other writes just as much, where nobody reads it.

# %%
from interp_widgets.course.lessons.inside_a_transformer import suspects

accused = suspects()
lineup = iw.AttentionView(iw.trace(accused, "adcbeadcbe"), order="induction", title="Two suspects")
lineup

# %% [markdown]
# Which of them only looks? You have all you need: put the layer and the head of a suspect into the next
# cell, and run it; do the same for the other. Then click in the picture above the one that is
# **silent**, and run the check.
# (5 minutes, difficulty 2 of 5.)

# %% tags=["suspects"]
layer, head = 0, 0  # change these
heard = accused.to_tokens("adcbeadcbe")
change = (ablated_logits(accused, heard, layer, head) - accused(heard)).abs().max()
size = accused.run_with_cache(heard)[1].stack_head_results()[4 * layer + head].norm(dim=-1).mean()
print(
    f"head {head} of layer {layer}: it writes {size:.2f}, without it a logit changes by {change:.2f}"
)

# %%
silent_suspect = lesson.check("silent-suspect", lineup.selection.value)

# %% [markdown]
# A perfect pattern was half of the story. A head matters if what it writes is read, and only an
# intervention, or the weights, could tell you.
#
# ## Quiz
#
# Five questions on what you have just done.

# %%
lesson.quiz("quiz")

# %% [markdown]
# How well did you predict, and what have you done?

# %%
lesson.reveal()
lesson.progress()

# %% [markdown]
# ## Take-away
#
# - The residual stream is a sum. Each part reads all of it and adds to it, so the output can be shared
#   out among the parts.
# - A head looks (query-key circuit) and writes (output-value circuit); an induction head needs a note
#   that a head of an earlier layer has left.
# - The lens says when an answer comes up, the attribution who writes it, an ablation what the model
#   cannot do without. A pattern or a share alone is a hypothesis.
#
# The pattern to reuse:
#
# ```python
# logits, cache = model.run_with_cache(tokens)             # everything that passed
# cache["resid_post", 2], cache["pattern", 1][0, head]     # the stream; where a head looks
# def silence(z, hook):
#     z[:, :, head] = 0                                    # (batch, pos, head, d_head)
#     return z
# model.run_with_hooks(tokens, fwd_hooks=[("blocks.1.attn.hook_z", silence)])
# model.OV[layer, head], model.QK[layer, head]             # the two circuits of a head
# iw.LogitLensView(iw.logit_lens(iw.trace(model, text)))   # when
# model.enable_compatibility_mode()                        # fold first, then: who
# cache.logit_attrs(cache.stack_head_results(), answer, other)
# ```
#
# New words in the [glossary](glossary.md): [residual stream](glossary.md#residual-stream),
# [hook](glossary.md#hook), [ablation](glossary.md#ablation),
# [query-key circuit](glossary.md#query-key-circuit),
# [output-value circuit](glossary.md#output-value-circuit),
# [direct logit attribution](glossary.md#direct-logit-attribution), [folding](glossary.md#folding).
#
# **To read.** Elhage et al. 2021, *A Mathematical Framework for Transformer Circuits* (the stream and the
# two circuits); Olsson et al. 2022, *In-context Learning and Induction Heads*; nostalgebraist 2020,
# *interpreting GPT: the logit lens*; Wang et al. 2023, *Interpretability in the Wild*.

# %% [markdown]
# ## A sealed network
#
# One last network. Somebody gave it a rule, and you do not know which. Find out with the tools of this
# notebook: look, silence, read the weights, in as many cells of your own as you need. Judge by what it
# *predicts*: a number added to every logit alike changes nothing. In the last cell put an answer for each
# `...`; a score tells which answers are right, and for the others which measurement would have told.

# %%
mystery = iw.mystery("01_inside_a_transformer")
mystery

# %% [markdown]
# A beginning: what it reads, and below each symbol what it predicts there.

# %%
sequences = torch.from_numpy(mystery.inputs)  # (sequence, pos)
for line in (sequences[0, 1:], mystery.model(sequences[:1])[0, 1:].argmax(-1)):  # without <bos>
    print(*(mystery.model.tokenizer.decode(number) for number in line))

# %%
mystery.score(algorithm=..., writer=..., helper=..., decoy=..., backup=...)
