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
# # 03 · Superposition
#
# **How can a model hold more features than it has dimensions, and what does it pay for that?**
#
# | | |
# | --- | --- |
# | Time | 75 minutes |
# | Difficulty | 3 of 5 |
# | You need | [00 Start here](00_start_here.ipynb); matrix products and a little PyTorch |
# | It uses | 0.6 GB of memory, about 13 seconds on two cores; no network and no GPU |
#
# In notebook 00 you looked at what a model attends to. Here you look at how it *stores* things. The
# models are so small that we know everything about them, and you will train one yourself. (If you come from
# notebook 02: this is its second cause of units that answer to several things.)

# %%
import numpy as np
import torch

import interp_widgets as iw
from interp_widgets.course import environment

environment.check()
lesson = iw.lesson("03_superposition")

# %% [markdown]
# ## You will be able to
#
# - write and train the toy model of superposition (checks `loss` and `train`);
# - say how much of a dimension a feature has to itself (check `dimensionality`);
# - predict from density and importance what a model will hold (checks `phase-losses` and `phase-cell`);
# - tell superposition from features that only look tangled (check `superposed`).

# %% [markdown]
# ## The idea in one picture
#
# Five features, two dimensions. A linear map of rank 2 cannot keep five numbers apart. Yet a small model
# that was trained to give back five numbers came to this: five vectors, spread evenly around a circle.

# %%
corners = 2 * np.pi * np.arange(5) / 5
pentagon = np.stack([np.cos(corners), np.sin(corners)], axis=1)  # (feature, hidden)
iw.SuperpositionView(pentagon, title="Five features in two dimensions")

# %% [markdown]
# On the left each feature is a vector. On the right stands the product of each vector with each: the
# diagonal is a feature read out by itself, everything else is **interference**, what a feature adds to the
# read-out of another. Point at a feature, or use the arrow keys.
#
# The trick works only if features are **rare**. When one feature is active and the others are zero, a
# ReLU can cut off the wrong answers. When two are active at once, they disturb each other. A model that
# holds features like this holds them in **superposition**.
#
# **The misconception to expect:** superposition is not the same as a unit that reacts to several things.
# You will meet a model whose units all do that, without any superposition.

# %% [markdown]
# ## The toy model
#
# An input `x` has five features. Each is active with a probability called its **density**; an active
# feature is a number between 0 and 1, the others are exactly 0. The model squeezes `x` into two hidden
# dimensions and reads it out again with the same weights:
#
# $$x' = \mathrm{ReLU}(x\,W\,W^\top + b)$$
#
# Each row of $W$ is the vector of one feature. The **loss** of an input is the sum over features of
# *importance* times squared error; of several inputs, the mean.
#
# ### Task 1: the loss
#
# Fill in the three blanks. (6 minutes, difficulty 1 of 5.)


# %%
def my_loss(x, weights, biases, importance):
    """x (batch, feature), weights (feature, hidden), biases (feature), importance (feature)."""
    squeezed = ...  # (batch, hidden)
    read = ...  # (batch, feature): through the same weights, plus biases, and a ReLU at the end
    return ...  # one number: add up the features, take the mean over the batch


# %%
loss = lesson.check("loss", my_loss)

# %% [markdown]
# ### Task 2: train it
#
# Write the training loop: one step of `torch.optim.Adam` with learning rate 0.01 for each batch. Do not
# change the tensors you are given: start from copies. (10 minutes, difficulty 2 of 5.)


# %%
def my_train(weights, biases, batches, importance):
    """Return trained weights and biases; batches is (step, batch, feature), call your loss on each."""
    ...  # your code


# %%
train = lesson.check("train", my_train)

# %% [markdown]
# Now train one model for real: 800 batches of 512 inputs, every feature active one time in ten.

# %%
importance = 0.9 ** torch.arange(5)  # feature 0 matters most, feature 4 least
random = torch.Generator().manual_seed(0)
batches = torch.rand(800, 512, 5, generator=random)
batches *= torch.rand(batches.shape, generator=random) < 0.1
start = torch.randn(5, 2, generator=random) / 5**0.5
weights, biases = train(start, torch.zeros(5), batches, importance)
print("loss before", float(loss(batches[-1], start, torch.zeros(5), importance)))
print("loss after ", float(loss(batches[:100].flatten(0, 1), weights, biases, importance)))

# %% tags=["C8-live"]
iw.SuperpositionView(weights, importance=importance, title="The model you have just trained")

# %% [markdown]
# **What you should see.** Five vectors, about 72 degrees apart: a pentagon that nobody asked for. The
# loss speaks of errors only; the shape is what makes the errors small. Not every start ends there: with
# `manual_seed(3)` you get two opposite pairs, a fifth feature that is nearly lost, and a loss a quarter
# higher. That is why the library trains every model from several starts and keeps the best.
#
# **Why it matters.** If two dimensions can hold five features, then the number of neurons of a layer
# tells little about how many things it knows.

# %% [markdown]
# ## From dense to rare features
#
# `iw.train_toy_models` is your loop for many models at once: one for each density, on the same random
# numbers, from 8 starts each. **Predict first.** The model has two dimensions. How many of the five
# features will it hold if every feature is *always* active, and how many if each is active one time in a
# hundred?

# %%
lesson.predict("held-when-dense")

# %%
lesson.predict("held-when-rare")

# %% tags=["C8-densities"]
densities = [1.0, 0.7, 0.4, 0.2, 0.1, 0.05, 0.02, 0.01]
family = iw.train_toy_models(5, 2, densities, importance=importance, restarts=8)
held = (family.lengths > 0.5).sum(axis=1)  # a feature counts as held if its vector is longer
for density, count, lost in zip(densities, held, family.losses, strict=True):
    print(f"density {density:4.2f}: {count} features held, loss {lost:.4f}")

# %%
lesson.reveal("held-when-dense")
lesson.reveal("held-when-rare")

# %%
iw.SuperpositionView(family, title="One model for each density: move the slider")

# %% [markdown]
# **What you should see.** Move the slider from left to right (arrow keys work too). At density 1 the model
# keeps the two most important features at a right angle and drops the rest. At 0.4 four features share
# the two dimensions as two opposite pairs. From 0.1 on all five are there.
#
# Your model from above had density 0.1. Its loss and the library's:

# %% tags=["C8-compare"]
judged = batches[:200].flatten(0, 1)
best = torch.tensor(family.weights[4]), torch.tensor(family.biases[4])
print(f"yours   {float(loss(judged, weights, biases, importance)):.4f}")
print(f"library {float(loss(judged, *best, importance)):.4f}")

# %% [markdown]
# ### The control: without the ReLU
#
# Is it the rarity alone? Leave the ReLU out and train again on the very same inputs.

# %%
lesson.predict("linear")

# %% tags=["C8-linear"]
linear = iw.train_toy_models(5, 2, densities, importance=importance, restarts=8, relu=False)
print("with ReLU   ", held.tolist())
print("without ReLU", (linear.lengths > 0.5).sum(axis=1).tolist())

# %%
lesson.reveal("linear")

# %% [markdown]
# **What you should see.** Without the ReLU the model keeps two features at every density, as principal
# components would. Rare features make superposition worth while; the nonlinearity makes it possible: it
# cuts negative interference off.

# %% [markdown]
# ## How much of a dimension does a feature have?
#
# Two features at a right angle have a dimension each. In an opposite pair each has half of one. For
# feature $i$ with vector $W_i$ and its direction $\hat W_i = W_i / \lVert W_i \rVert$, the
# **dimensionality** is
#
# $$D_i = \frac{\lVert W_i \rVert^2}{\sum_j (\hat W_i \cdot W_j)^2}$$
#
# Above the line: how strongly the feature is there. Below: how much of everything is there in its
# direction, itself included.
#
# ### Task 3: dimensionality
#
# Write it for one model, with numpy and without a loop. (8 minutes, difficulty 3 of 5.)


# %%
def my_dimensionality(vectors):
    """Return one number for each feature; vectors (feature, hidden), none of them zero."""
    ...  # your code


# %%
dimensionality = lesson.check("dimensionality", my_dimensionality)

# %% tags=["C10-pentagon"]
rarest = family.weights[-1].astype(float)
directions = np.sort(np.degrees(np.arctan2(rarest[:, 1], rarest[:, 0])) % 360)
angles = np.diff(np.append(directions, directions[0] + 360))
print("angles between neighbours:", angles.round(1))
print("dimensionality:           ", dimensionality(rarest).round(3))

# %% [markdown]
# **What you should see.** Angles of 72 degrees and a dimensionality of 0.40, to within a degree and a
# hundredth: at density 0.01 it is a regular pentagon, and two dimensions are shared out evenly, $2/5$ each.
#
# **Why it matters.** This one number tells shapes apart, in any number of dimensions: 1 alone, 2/3 in a
# triangle, 1/2 in a pair, 2/5 in a pentagon. The strip below the view is the same number.

# %% [markdown]
# ## Two features, one dimension: where the choice flips
#
# Make it as small as it gets: two features, one dimension. Feature 1 has importance 1; feature 2 has
# importance $v$; both have density $p$. Three solutions are worth comparing:
#
# - $[1, 0]$: hold feature 1 alone, and answer feature 2 with its mean;
# - $[0, 1]$: hold feature 2 alone, and answer feature 1 with its mean;
# - $[1, -1]$: hold both in opposite directions, with $x' = \mathrm{ReLU}(\pm(x_1 - x_2))$.
#
# ### Task 4: three losses
#
# Work the three losses out on paper, then write them down. You need four facts. A feature that is
# answered with its mean costs its variance. The mean of its square is $p/3$, its mean is $p/2$. In
# $[1, -1]$ all is well unless both are active, and then each is missed by the *smaller* of the two
# values. The mean of that smaller value squared is $1/6$. (12 minutes, difficulty 3 of 5.)


# %%
def my_phase_losses(density, importance):
    """Return three numbers: the losses of [1, 0], [0, 1] and [1, -1]."""
    ...  # your code


# %%
phase_losses = lesson.check("phase-losses", my_phase_losses)

# %% [markdown]
# **Predict first.** Both features matter equally ($v = 1$). Down to which density does it pay to drop one
# of them?

# %%
lesson.predict("flip")

# %%
import plotly.graph_objects as go

from interp_widgets import theme

densities_here = np.linspace(0.02, 1, 99)
curves = np.array([phase_losses(density, 1.0) for density in densities_here])
figure = go.Figure(layout={"template": theme.plotly_template(), "height": 340})
for name, curve in (("one alone, [1, 0] or [0, 1]", curves[:, 0]), ("both, [1, -1]", curves[:, 2])):
    figure.add_scatter(x=densities_here, y=curve, name=name)
figure.update_layout(xaxis_title="density", yaxis_title="loss")

# %%
lesson.reveal("flip")

# %% [markdown]
# The curves cross; they do not touch. A model that goes from one side to the other changes all at once,
# like water that freezes: a **phase change**. Now the same for every importance, and with trained models:
# 117 cells, each trained from 24 starts. That takes most of a minute, so the results come with the course.
#
# **Click a cell**, or use the two sliders with the arrow keys, to see what that model has learned.

# %% tags=["C9-phase-grid"]
from interp_widgets.analysis.phase import candidate_losses, load_phase_grid

grid = load_phase_grid()
diagram = iw.PhaseDiagram(grid)
diagram

# %% [markdown]
# ### Task 5: a feature that hardly matters
#
# Choose a cell in which feature 2 matters at most a quarter as much as feature 1, and the model holds it
# all the same. Then run the next cell. (3 minutes, difficulty 1 of 5.)

# %%
phase_cell = lesson.check("phase-cell", diagram.selection.value)

# %% tags=["C9-theory"]
theory = np.array(
    [[np.argmin(phase_losses(p, v)) for v in grid.importances] for p in grid.densities]
)
print(f"theory and training agree in {(theory == grid.outcomes).sum()} of {theory.size} cells")
lowest = candidate_losses(grid.densities[:, None], grid.importances).min(axis=-1)
print(f"trained loss / best of the three: {(grid.losses / lowest).min():.2f} to "
      f"{(grid.losses / lowest).max():.2f}")  # fmt: skip

# %% [markdown]
# **What you should see.** When features are dense, importance alone decides: left of 1 the first is held,
# right of 1 the second. As they get rarer, a wedge of `±` opens in the middle, and in the last rows it
# is everywhere. Three lines of algebra foretell 113 of 117 cells; the four in which they fail lie on the border,
# where training finds shorter pairs that beat all three. No model is worse than the best of the three,
# and some are up to a tenth better.
#
# **Why it matters.** Density and importance are what to ask about before you expect a feature to have a
# direction, or a neuron, of its own.

# %% [markdown]
# ## Features that come in pairs
#
# So far features came and went independently. Real ones do not: some come together, some exclude each
# other. Take two pairs in two dimensions. In the first run the partners of a pair are always active
# together. In the second, at most one of them is. **Predict first**, for rare features:

# %%
lesson.predict("exclusive")

# %% tags=["C11-pairs"]
some = [0.4, 0.2, 0.05]
pairs = {}
for kind in ("correlated", "anti-correlated"):
    pairs[kind] = iw.train_toy_models(4, 2, some, pairs=kind, restarts=8)
    units = pairs[kind].weights / pairs[kind].lengths[..., None]
    cosines = (units[:, [0, 2]] * units[:, [1, 3]]).sum(axis=-1)  # (instance, pair)
    for density, both, lost in zip(some, cosines.tolist(), pairs[kind].losses, strict=True):
        print(f"{kind:15} density {density:4.2f}: cosine of partners",
              [round(c, 2) + 0 for c in both], f"loss {lost:.4f}")  # fmt: skip

# %%
lesson.reveal("exclusive")

# %%
iw.SuperpositionView(pairs["correlated"], title="Two correlated pairs: 0 with 1, 2 with 3")

# %% [markdown]
# **What you should see.** Features that exclude each other lie in opposite directions: sharing costs them
# nothing, the loss is zero. Features that come together avoid just that. When rare they stand at a right
# angle, each opposite to a feature of the *other* pair. When dense, both partners fall onto one line,
# their common principal component: in the view, 0 lies on 1 and 2 on 3.
#
# **Why it matters.** Which features lie near each other is not chance. Geometry follows from what
# happens together in the data.

# %% [markdown]
# ## Interference in a language model
#
# `tiny-world` has 128 dimensions for each token. The 277 words of its lists are more than that, so their
# embeddings cannot all stand at right angles. How much do they overlap? The control: as many random
# vectors of 128 numbers. With a network you may put `"gpt2"` in the place of `"tiny-world"` (0.5 GB from
# the Hub); its 768 dimensions are more than these words. **Predict first:**

# %%
lesson.predict("embeddings")

# %% tags=["C8-embeddings"]
from interp_widgets.course.lessons.superposition import learned_words

MODEL = "tiny-world"
model = iw.load_model(MODEL)
words, ids = learned_words(model)
embedding = model.W_E[ids].detach().numpy()
embedding -= embedding.mean(axis=0)  # what all words share tells none of them apart
control = np.random.default_rng(0).normal(size=embedding.shape)
cosines = {}
for name, vectors in (("words", embedding), ("random", control)):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines[name] = unit @ unit.T
    overlap = np.abs(cosines[name])[~np.eye(len(unit), dtype=bool)]
    print(f"{len(unit)} {name:6}: mean overlap {overlap.mean():.3f}, "
          f"mean dimensionality {dimensionality(vectors).mean():.3f}")  # fmt: skip

# %%
lesson.reveal("embeddings")

# %%
some = "Monday Tuesday Friday Saturday Mary Alice Diana Paris Nice Berlin house river table chair"
shown = [words.index(word) for word in some.split()]
heat = go.Heatmap(x=some.split(), y=some.split(), z=cosines["words"][np.ix_(shown, shown)])
heat.update(zmin=-1, zmax=1, colorscale=theme.plotly_template().layout.colorscale.diverging)
figure = go.Figure(heat, layout={"template": theme.plotly_template(), "height": 460, "width": 560})
figure.update_layout(title="cosine of the embeddings of two words", yaxis_autorange="reversed")

# %% [markdown]
# **What you should see.** The words overlap twice as much as random vectors do, and not just anywhere.
# In the table the days stand out as a block, the names, the cities, the things as others.
# Across blocks the cosines are small, of either sign.
#
# So interference is there: no word has a dimension to itself. But mind what these vectors are. A word is
# not a feature. Its embedding is a *sum* of features, `is a day`, `is a name`, and words that share a
# feature overlap because they should. To see superposition here one needs the features themselves. A model
# does not hand those out: they have to be looked for.

# %% [markdown]
# ## Break it: tangled, but not superposed
#
# A common way to look for superposition is to count: to how many features does a hidden unit react? Here
# are four models. For each, the features that every hidden unit reacts to:

# %% tags=["C8-suspects"]
from interp_widgets.course.lessons.superposition import reacts_to, rotation, suspects

for name, vectors in suspects().items():
    features, hidden = vectors.shape
    print(
        f"{name}: {features} features, {hidden} units, each reacts to {reacts_to(vectors)} features"
    )

# %% [markdown]
# ### Task 6: who holds features in superposition?
#
# Use anything you have built. `suspects()["A"]` is the array (feature, hidden) of model A. A vector of
# zeros is a feature that the model does not hold. (8 minutes, difficulty 4 of 5.)

# %%
my_superposed = ...  # a list of letters

# %%
superposed = lesson.check("superposed", my_superposed)

# %% [markdown]
# The control that unmasks a false one: turn the hidden space. A rotation changes which unit reacts to
# what, and it cannot change what features do to each other.

# %% tags=["C8-rotation"]
for name, vectors in suspects().items():
    there = vectors[np.linalg.norm(vectors, axis=1) > 0.5]  # the features that are held
    for what, turned in (
        ("as it is", there),
        ("turned", there @ rotation(there.shape[1], 1)),
    ):
        print(f"{name}, {what:8}: units react to {reacts_to(turned)}, "
              f"dimensionality {dimensionality(turned).round(2)}")  # fmt: skip
print(f"A, turned back: units react to {reacts_to(suspects()['A'] @ suspects()['A'].T)}")

# %% [markdown]
# **What you should see.** Turning changes the counts and leaves the dimensionality alone. A is four
# features with a dimension each, along directions that are no units: **polysemantic** units, no
# superposition. Turned back, every unit reacts to one feature. D held two of its five features and
# turned them. C looks tidy, two features for each unit, and every feature has only half a dimension.
#
# Counting what a unit reacts to is a statement about the *units*. Superposition is a statement about the
# *features among themselves*.

# %% [markdown]
# ## Quiz

# %%
lesson.quiz("quiz")

# %%
lesson.reveal()
lesson.progress()

# %% [markdown]
# ## Take-away
#
# - A model can hold more features than dimensions if they are rare and a nonlinearity cleans up. The price
#   is interference.
# - Density and importance decide between dropped, shared and a dimension of one's own, and the change from
#   one to the other is sudden.
# - Features that exclude each other share for nothing; features that come together avoid it.
# - A polysemantic unit is no proof of superposition. Dimensionality, which no rotation changes, is the test.
#
# The pattern to reuse:
#
# ```python
# family = iw.train_toy_models(20, 5, [1.0, 0.3, 0.1, 0.03], restarts=8)
# family.dimensionality            # (instance, feature)
# family.losses                    # (instance,)
# family.products(0)               # interference of the first instance
# iw.SuperpositionView(family)     # look
#
# vectors = model.W_E[ids].detach().numpy()
# iw.SuperpositionView(vectors - vectors.mean(axis=0))
# ```
#
# New words in the glossary: [superposition](glossary.md#superposition), [interference](glossary.md#interference),
# [density](glossary.md#density), [importance](glossary.md#importance),
# [dimensionality](glossary.md#dimensionality), [phase change](glossary.md#phase-change),
# [polysemantic](glossary.md#polysemantic).
#
# **To read.** Elhage et al. 2022, *Toy Models of Superposition*, from which the models and the dimensionality
# come; Scherlis et al. 2022, *Polysemanticity and Capacity in Neural Networks*; Bereska and Gavves 2024,
# section 3.2.

# %% [markdown]
# ## Last: a sealed model
#
# Five models, and nobody tells you which of them holds features in superposition, or how. You have the tools:
# lengths, products, dimensionality, a look at the view. `mystery.model` is what `family` was above: it has `weights`,
# `lengths` and `dimensionality`, each with one row for a model. Answer what you can, as often as you like.

# %%
mystery = iw.mystery("03_superposition")
mystery

# %%
iw.SuperpositionView(mystery.model, title="Five sealed models")

# %%
mystery.score(superposed=..., held=..., shared=..., opposite=...)
