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
# # 02 · Features
#
# **What is a feature of a network, how do you find one, and how do you notice that you have not?**
#
# | | |
# | --- | --- |
# | Time | 80 minutes |
# | Difficulty | 3 of 5 |
# | You need | [00 Start here](00_start_here.ipynb); dot products, a little numpy |
# | It uses | 1.0 GB of memory, about 16 seconds on two cores; no network and no GPU |

# %%
import ipywidgets
import numpy as np
import plotly.graph_objects as go
import torch
from IPython.display import display
from sklearn.metrics import roc_auc_score

import interp_widgets as iw
from interp_widgets import theme
from interp_widgets.course import environment
from interp_widgets.course.lessons import _features_toys as toys

environment.check()
lesson = iw.lesson("02_features")

# %% [markdown]
# ## You will be able to
#
# - find a direction from labelled examples, and say how well it reads a label on other text;
# - tell what a token says from what the model knows at that token;
# - say which networks have a privileged basis, and test it by turning the units;
# - say why a unit can answer to two things without any superposition;
# - unmask a unit that only looks as if it had one meaning;
# - recognise a feature that is a circle, and show that a network uses it.
#
# ## The idea
#
# A network computes with lists of numbers, its *activations*. A [feature](glossary.md#feature) is a
# property of the input that a part of them stands for: the smallest piece that still means something by
# itself. The working hypothesis of this field is that most features are **directions**: the more of the
# property, the further the activations reach that way. One hopes that a single
# [unit](glossary.md#unit) (a neuron) is a feature. **Expect to be misled by that**: a unit need not be a feature,
# a feature need not be a unit, and the examples that excite a unit most make nearly anything look like one.
#
# ## A direction, where the answer is known
#
# First, activations that we made ourselves: 400 examples of 32 numbers. Half of the examples have a
# feature, which adds 2 along one hidden direction. Another direction has nothing to do with it and is much
# louder. Because we know both, we can look along them:

# %% tags=["picture"]
known = toys.planted(seed=0)
figure = go.Figure(layout={"template": theme.plotly_template(), "height": 340})
for name, here in (("with the feature", known.labels), ("without", ~known.labels)):
    across, up = np.stack([known.loud, known.feature]) @ known.activations[here].T
    figure.add_scatter(x=across, y=up, name=name, mode="markers")
figure.update_layout(xaxis_title="along the loud direction", yaxis_title="along the feature")

# %% [markdown]
# In each of the 32 numbers by itself the two groups overlap. Take an example of each group, and say which is
# which: the best of the numbers tells 82 of 100 pairs apart, the right direction more than 99. But how do you
# find that direction, if nobody tells you?
#
# **First task.** The direction from the mean of the examples without the feature to the mean of those with
# it is called their *difference of means*. Fill in the blank. (5 minutes, difficulty 1 of 5.)


# %%
def my_direction(activations, labels):
    """Return (width,); activations are (example, width), labels (example,) of True and False."""
    with_it = activations[labels].mean(0)
    without = ...
    return with_it - without


# %%
direction = lesson.check("difference-of-means", my_direction)

# %% tags=["planted-direction"]
shuffled = np.random.default_rng(0).permutation(known.labels)
loudest = np.linalg.svd(known.activations - known.activations.mean(0))[2][0]
found = {
    "difference of means": direction(known.activations, known.labels),
    "the same, labels shuffled": direction(known.activations, shuffled),
    "direction of largest variance": loudest,
}
for name, way in found.items():
    print(f"{name:30} cosine with the feature {abs(way @ known.feature) / np.linalg.norm(way):.2f}")

# %% [markdown]
# **What you should see.** The difference of means finds the feature almost exactly, 0.98. With shuffled
# labels, the control, it does not (0.25), and the direction in which the activations vary most misses it
# altogether (0.01): loud is not the same as meaningful.
#
# ## A direction in a language model
#
# Now `tiny-world`. The program that wrote its text tells for every token which [factors](glossary.md#factor)
# are in force: which of ten *kinds of sentence* it is in, and in sentences such as `The keys near the cabinet
# are old` also whether the subject is singular or plural. Each of our 300 texts is 64 tokens long and holds
# several short documents; a document begins with `<bos>`.

# %%
model = iw.load_model("tiny-world")
text = iw.labelled_text("tiny-world", 300, length=64, seed=0)
hooks = [f"blocks.{layer}.hook_resid_post" for layer in range(model.cfg.n_layers)]
with torch.no_grad():
    runs = [
        model.run_with_cache(part, names_filter=hooks)[1]
        for part in torch.tensor(text.token_ids).split(50)
    ]
# the residual stream after each layer: (text, token, width)
streams = [np.concatenate([cache[hook].numpy() for cache in runs]) for hook in hooks]
for name in ("family", "subj.number", "attractor.number"):
    print(f"{name:17} {text.about[name].meaning}")

# %% [markdown]
# We ask at one place only: a noun that stands between the subject and the verb, such as `cabinet` above.
# The direction is found on one half of the texts and tested on the other half, and there only where the noun
# just read has *another* number than the subject. So whoever looks at the word alone is always wrong.
#
# The score is the **AUROC**: the chance that a plural case reads higher than a singular one. 0.5 is guessing,
# 1 is perfect. **Predict first.**

# %%
lesson.predict("layer")

# %% tags=["number-direction"]
from interp_widgets.analysis.directions import along, difference_of_means

plural = text.values["subj.number"] == "plural"
between = toys.nouns_between(text)
conflict = between & (text.values["attractor.number"] != text.values["subj.number"])
half = np.arange(len(plural))[:, None] < 150
ways = [difference_of_means(x[between & half], plural[between & half]) for x in streams]
test = conflict & ~half
noise = np.random.default_rng(0).standard_normal((100, model.cfg.d_model))
for layer, (x, way) in enumerate(zip(streams, ways, strict=True)):
    score = roc_auc_score(plural[test], along(x[test], way))
    control = np.quantile([roc_auc_score(plural[test], x[test] @ one) for one in noise], 0.95)
    print(f"layer {layer}: direction {score:.2f}   19 of 20 random ones stay below {control:.2f}")

# %%
lesson.reveal("layer")

# %% [markdown]
# **What you should see.** 0.70 and 0.71 after layers 0 and 1, no better than a good random direction; 0.99 after
# layer 2 and 1.00 after layer 3. Why is the control so high? There are only 62 such places, and at each of them the
# noun has the other number. So a random direction that happens to read the noun's number *upside down* tells that of the
# subject, and knows nothing about the subject. In layer 3 a random direction gets near 1 too, because
# there the next word has been decided and fills the whole [residual stream](glossary.md#residual-stream). **A score without its control
# says little.**
#
# ## Where does the model know it?
#
# The view colours a new sentence by the same four directions, one channel for each layer. Numbers are in steps
# from the singular to the plural mean: 0 lies half-way, +0.5 is the plural mean.
#
# **Second task.** In the channel *layer 2*, click a word that is itself singular, and at which the model
# holds that the subject is plural. Then run the check. (4 minutes, difficulty 1 of 5.)

# %% tags=["plural-token"]
from interp_widgets.course.lessons._features_directions import SENTENCE

run = iw.trace(model, SENTENCE, hooks=["resid_post"])
readings = []
for hook, x, way in zip(hooks, streams, ways, strict=True):
    means = [x[between & half & kind].mean(0) for kind in (plural, ~plural)]
    readings.append(along(run[hook].numpy() - np.mean(means, 0), way) / np.linalg.norm(way))
names = [f"layer {layer}" for layer in range(len(hooks))]
number_view = iw.TokenView(
    run.tokens, np.stack(readings, -1), channels=names, channel="layer 2", title="Plural subject?"
)
number_view

# %%
plural_token = lesson.check("plural-token", number_view.selection.value)

# %% [markdown]
# At `cabinet` and `box` nothing in the token says plural. Some features follow the input, others are about the
# whole, and one finds out by testing where the two disagree.
#
# ## Does the model use it?
#
# That a label *can be read* does not mean that the model *reads it*. So we change it: at the last word, we add
# the direction, and see whether the model goes on with `are` instead of `is`.


# %%
def are_minus_is(prompt, hook, vector):
    """Add a vector at the last token and return the logit of are minus that of is."""

    def add(stream, hook):
        stream[:, -1] += torch.tensor(vector, dtype=stream.dtype)
        return stream

    with torch.no_grad():
        logits = model.run_with_hooks(prompt, fwd_hooks=[(hook, add)])[0, -1]
    return (logits[model.to_single_token(" are")] - logits[model.to_single_token(" is")]).item()


# %% tags=["steering"]
singular = "The key near the cabinet"
for layer in (1, 2, 3):
    way = ways[layer]
    sized = noise[:20] / np.linalg.norm(noise[:20], axis=1, keepdims=True) * np.linalg.norm(way)
    others = [are_minus_is(singular, hooks[layer], one) for one in sized]
    as_is, steered = (are_minus_is(singular, hooks[layer], step * way) for step in (0, 1))
    print(f"layer {layer}: as it is {as_is:5.1f}   with the direction {steered:5.1f}", end="   ")
    print(f"with 20 random ones {min(others):5.1f} to {max(others):5.1f}")

# %% [markdown]
# **What you should see.** In layer 3 one step turns a clear `is` into a clear `are`, and none of twenty random
# steps of the same length does. In layer 2 the direction that read so well moves the answer by 2 logits, where
# that of layer 3 moves it by 14. **Reading well and being used are two things.**
#
# ## The same on a model of your choice
#
# With a network you may set `MODEL = "gpt2"`, which is fetched from the Hub (0.5 GB). Half of the subjects give the direction, the
# others test it, at the last word. The control is the median of 100 random directions, each turned so that it too reads
# the first half the right way round. Where it scores 1, as in layers 2 and 3 of `tiny-world`, the score of the direction says
# little: these sentences differ in nothing but the number.

# %% tags=["transfer"]
MODEL = "tiny-world"
other = iw.load_model(MODEL)
subjects = ["dog", "horse", "bird", "tree", "house", "door", "car", "boat", "river", "stone"]
asked = [f"The {subject}{ending} near the cabinet" for subject in subjects for ending in ("", "s")]
many = np.tile([False, True], len(subjects))
found = [iw.trace(other, prompt, hooks=["resid_post"]) for prompt in asked]
first = np.arange(len(asked)) < len(asked) // 2
for layer in range(other.cfg.n_layers):
    x = np.stack([one[f"blocks.{layer}.hook_resid_post"][-1].numpy() for one in found])
    way = difference_of_means(x[first], many[first])
    chance = np.random.default_rng(0).standard_normal((100, x.shape[1]))
    chance *= np.sign(chance @ way)[:, None]  # the right way round on the first half
    scores = [roc_auc_score(many[~first], x[~first] @ one) for one in (way, *chance)]
    print(f"layer {layer}: direction {scores[0]:.2f}, random median {np.median(scores[1:]):.2f}")

# %% [markdown]
# ## Are units special?
#
# Turn all units of a network by any rotation, and let the next layer turn back first. Does anything change? If
# not, "unit 3" is a name for an arbitrary direction. If so, the units are a
# [privileged basis](glossary.md#privileged-basis).
#
# **Third task.** Write down the loss of such a network: `x` (example, feature) goes through `weights` (feature,
# unit) and `rotation` (unit, unit), then a ReLU (negative numbers become 0) if `relu` is true, and then back the
# same way. The loss is the mean squared difference from `x`. (8 minutes, difficulty 2 of 5.)


# %%
def my_rotated_loss(x, weights, rotation, relu):
    """Return one number; x is (example, feature), rotation.T undoes rotation."""
    ...  # your code


# %%
rotated_loss = lesson.check("rotated-loss", my_rotated_loss)

# %%
lesson.predict("rotation")

# %% tags=["rotation-test"]
rng = np.random.default_rng(0)
x = rng.random((1000, 4)) * (rng.random((1000, 4)) < 0.3)  # four features, each seldom there
rotation = np.linalg.qr(rng.standard_normal((4, 4)))[0]
for name, relu in (("linear", False), ("with a ReLU", True)):
    before, after = (rotated_loss(x, np.eye(4), turn, relu) for turn in (np.eye(4), rotation))
    print(f"{name:12} loss {before:.4f}   turned {after:.4f}   change {after - before:.1e}")

# %%
lesson.reveal("rotation")

# %% [markdown]
# **What you should see.** The linear network does not notice. The one with the ReLU does: each unit cuts off what
# is negative *by itself*. Where units have a nonlinearity, as the neurons in a transformer's MLP have, it pays to
# line features up with units. The residual stream has none, and its coordinates mean nothing in particular.
#
# ## Turn the basis yourself
#
# Two features in two units, with no nonlinearity. At 0 degrees each feature has a unit to itself. The slider *degrees*
# turns the code (arrow keys work too); what the views call *instance* and *channel* is the same number. Above you see
# the two feature vectors, below what *unit 0* answers to in a text in which one feature stands for days and the other for
# cities. (The bars belong to the next notebook.)
#
# Stop at 0, 45 and 90 degrees. What does unit 0 answer to at 45? And what happens to the table *W-transpose-W*, the
# product of each vector with each?

# %% tags=["rotate-the-basis"]
angle = ipywidgets.IntSlider(0, 0, 90, description="degrees")
code = iw.SuperpositionView(toys.turned_codes(np.eye(2)), title="Two features in two units")
words, features = toys.days_and_cities(model)
unit_0 = features @ toys.turned_codes(np.eye(2))[:, :, 0].T  # (token, angle)
answers = iw.TokenView(
    words, unit_0, channels=[*toys.ANGLES], channel=0, title="What unit 0 answers to, by degrees"
)
ipywidgets.jslink((angle, "value"), (code, "instance"))
ipywidgets.jslink((angle, "value"), (answers.selection, "feature"))
display(angle, code, answers)

# %% [markdown]
# **What you should see.** At 45 degrees unit 0 answers to days and to cities alike: it is
# [polysemantic](glossary.md#polysemantic). At 0 and 90 it answers to one of them: it is
# [monosemantic](glossary.md#monosemantic). Yet the table never changes: the two vectors stay at a right angle and do
# not disturb each other at all. The network is as good as ever; only our way of looking, one unit at a time, has got
# worse. This is the first cause of polysemantic units: **the basis is turned**.
#
# The second cause is [superposition](glossary.md#superposition): more features than dimensions. Here are five features
# in two units, on the same slider. Is there an angle at which a unit has only one?

# %%
circle = 2 * np.pi * np.arange(5) / 5
five = np.stack([np.cos(circle), np.sin(circle)], -1)
crowded = iw.SuperpositionView(toys.turned_codes(five), title="Five features in two units")
ipywidgets.jslink((angle, "value"), (crowded, "instance"))
crowded

# %% tags=["causes"]
for name, vectors in (("two features", np.eye(2)), ("five features", five)):
    per_unit = (np.abs(toys.turned_codes(vectors)) > 0.2).sum(1).mean(-1)
    products = vectors @ vectors.T
    overlap = np.abs(products - np.diag(np.diag(products))).max()
    print(
        f"{name:14} a unit answers to {per_unit.min():.1f} (best angle) to {per_unit.max():.1f}",
        end="",
    )
    print(f" features; largest overlap of two vectors {overlap:.2f}")

# %% [markdown] tags=["vocabulary"]
# **What you should see.** A feature counts here if it moves a unit by more than 0.2. Both codes look polysemantic at most
# angles. Two features can be untangled, to one a unit;
# five never, at best 4 a unit, because five vectors cannot be at right angles in two dimensions. So: **count the features,
# look at their products, and try to turn back, before you call it superposition.** It is what the next notebook is about.
# (A third cause is redundancy: under noise, spreading a feature over units makes it more robust.)
#
# In other fields polysemantic units are called a *distributed representation*, and untangling them *disentanglement*.
#
# ## What do the strongest examples tell?
#
# The usual way to name a unit is to look at the tokens that excite it most. Let us measure how much that tells.
#
# **Fourth task.** `values` holds a unit's activation at each token, `kinds` the kind of sentence that the token is in.
# Among the `k` tokens with the largest values, which share is of the commonest kind? Call it *purity*.
# (8 minutes, difficulty 3 of 5.)


# %%
def my_purity(values, kinds, k):
    """Return a number from 0 to 1; values is an array, kinds a list of as many words."""
    ...  # your code


# %%
purity = lesson.check("purity", my_purity)

# %%
lesson.predict("random-directions")

# %% [markdown]
# In a long text the strongest tokens may all stand in one sentence. So one takes at most one from each text.
#
# **Fifth task.** `values` holds a unit's activation at each token of each text. Take the largest of each text, and of these
# the `k` largest. Where do they stand? (6 minutes, difficulty 3 of 5.)


# %%
def my_strongest(values, k):
    """Return (k, 2), the text and the place of each, strongest first; values is (text, pos)."""
    ...  # your code


# %%
strongest = lesson.check("strongest", my_strongest)

# %% [markdown]
# Six units in layer 1. Each adds up the residual stream along one direction, and is active where that is above its
# mean; 1 is its largest activation on these texts. **One of them is the difference of means of a kind of sentence. The other five are random directions.** Each
# unit's page shows its strongest examples, each from another text, then random tokens, then weaker ones band by band.
# (The view calls a unit a *latent*.) The cell before it prints the strongest of unit 0 as your function finds them.
#
# **Sixth task.** Open the unit that is real, and run the check. Start with the strongest examples, and decide what each
# unit stands for. Then read the other bands. (7 minutes, difficulty 3 of 5.)

# %% tags=["top-contexts"]
from interp_widgets.course.lessons._features_units import RANDOM, REAL

known_kind = text.known("family")
kinds = text.values["family"][known_kind].tolist()
x = streams[1][known_kind]
is_mood = np.array(kinds) == "mood"
random_ways = np.random.default_rng(0).standard_normal((200, model.cfg.d_model))
rows = [*random_ways[list(RANDOM)]]
rows.insert(REAL, difference_of_means(x, is_mood))
units = toys.units(np.stack(rows), x)
active = units.encode(torch.tensor(streams[1])).numpy()  # (text, token, unit)
for row, place in np.add(strongest(active[:, 1:, 0], 8), (0, 1)):  # the first does not count
    words = "".join(text.tokens[row][place - 4 : place + 1])
    print(f"unit 0, {text.values['family'][row, place]:9} ...{words}")

# %%
dashboard = iw.feature_dashboard(model, units, text.token_ids, hook=hooks[1])
unit_view = iw.FeatureView(dashboard, title="Six units: which one is real?")
unit_view

# %%
real_unit = lesson.check("real-unit", unit_view.selection.value)

# %% [markdown]
# ## The control that unmasks it
#
# Do not stop at eight. Here is the purity of each unit's `k` strongest tokens as `k` grows, and below the same for
# 200 random directions.

# %% tags=["purity-curve"]
active = units.encode(torch.tensor(x)).numpy()  # now of the tokens whose kind is known
sizes = [8, 20, 50, 100, 200, 500, 1000]
figure = go.Figure(layout={"template": theme.plotly_template(), "height": 380})
for unit in range(6):
    curve = [purity(active[:, unit], kinds, k) for k in sizes]
    dash = "dot" if unit > 3 else "solid"  # there are four colours
    figure.add_scatter(x=sizes, y=curve, name=f"unit {unit}", mode="lines+markers", line_dash=dash)
figure.update_layout(
    xaxis={"type": "log", "title": "how many of the strongest tokens", "tickvals": sizes},
    yaxis={"title": "purity", "range": [0, 1.05]},
)

# %% tags=["random-directions"]
many = toys.units(random_ways, x).encode(torch.tensor(x)).numpy().T
several = iw.feature_dashboard(model, toys.units(random_ways, x), text.token_ids, hook=hooks[1])
alike = np.mean([len(set(found)) == 1 for found in toys.strongest_kinds(several, text)])
print(f"random directions whose 8 strongest examples are all of one kind: {alike:.1%}")
for k in (8, 1000):
    rates = [purity(values, kinds, k) for values in many]
    print(f"purity of the {k:4} strongest: mean {np.mean(rates):.2f}, largest {max(rates):.2f}")

# %%
lesson.reveal("random-directions")

# %% [markdown]
# **What you should see.** At the left end all six units are perfect, also the five that mean nothing. One in four random
# directions passes "eight alike examples". By 1,000 tokens they have fallen to 0.32 on average, while the
# unit for moods is at 0.87 (there are 1,806 tokens in such sentences). It falls too: where it is weakly active,
# it answers to other things as well. Few real units are pure all the way down.
#
# So **strongest examples are a hypothesis**. The tests are weaker and random examples, the same procedure on random
# directions, and an intervention.
#
# ## A feature that is no direction
#
# Some features are not "more or less of something". A week has no beginning: after Sunday comes Monday. Here is a
# small network, trained in this cell, that answers questions such as *two days after Friday*. Each day is an embedding of
# 16 numbers that it learns. The control learns from a jumbled world: there *one day after* follows one order of
# the seven days, *two days after* another, and so on, so that there is no week.

# %% tags=["circle"]
week, jumbled = toys.day_network(seed=0), toys.day_network(seed=0, jumbled=True)
tokens = model.to_tokens(" Monday Tuesday Wednesday Thursday Friday Saturday Sunday")[0, 1:]
sets = {"trained on the week": week.embeddings, "trained on the jumbled world": jumbled.embeddings}
sets["tiny-world's embeddings"] = model.W_E[tokens].detach().double().numpy()
for name, points in sets.items():
    _, share = toys.circle_plane(points)
    print(f"{name:29} {share:4.0%} in one plane, around it: {toys.week_order(points)}")

# %%
figure = go.Figure(layout={"template": theme.plotly_template(), "height": 380, "width": 420})
plane, _ = toys.circle_plane(week.embeddings)
flat = (week.embeddings - week.embeddings.mean(0)) @ plane.T
figure.add_scatter(x=flat[:, 0], y=flat[:, 1], text=toys.DAYS, mode="markers+text")
figure.update_traces(textposition="top center", marker_size=10)
figure.update_layout(xaxis_title="first direction", yaxis={"title": "second", "scaleanchor": "x"})

# %% [markdown]
# **What you should see.** A week: seven points around a circle, in order. Neither number alone says which
# day it is; the two together do, and it makes no sense to take them apart. In the jumbled world there is no such order.
# Nor in `tiny-world`: its seven days all lie about equally far from each other, in no order. It learned to count days without a
# circle, and a picture of a circle from another model would be no evidence here.
#
# A circle is still only a picture. **Seventh task:** the intervention. Turn the seven points within the plane, about
# their mean, by `days` sevenths of a full turn, and leave what is outside the plane alone. If the network uses the circle, its
# answers must move by as many days. (10 minutes, difficulty 4 of 5.)


# %%
def my_turned(points, plane, days):
    """Return points (7, width), turned; plane (2, width) holds two directions at a right angle."""
    ...  # your code


# %%
turned = lesson.check("turned-days", my_turned)

# %% tags=["turn-the-week"]
other_plane = np.linalg.qr(np.random.default_rng(0).standard_normal((16, 2)))[0].T
for days in (1, 2, 3):
    moved = week.shift(turned(week.embeddings, plane, days), days)
    beside = week.shift(turned(week.embeddings, other_plane, days), days)
    print(f"turned by {days}: {moved:4.0%} of answers move as far, in a random plane {beside:4.0%}")

# %% [markdown]
# **What you should see.** At least nine in ten answers move by just as many days, and in a random plane none.
# That is what one wants of an explanation: it predicted what a change would do.
#
# ## Quiz

# %%
lesson.quiz("quiz")

# %%
lesson.reveal()
lesson.progress()

# %% [markdown]
# ## A sealed mystery
#
# Activations whose makers kept the answers to themselves. The tools are those of this notebook, in as many cells of
# your own as you need. Fill in what you have found out; what is still `...` is left out.

# %% tags=["mystery"]
mystery = iw.mystery("02_features")
mystery

# %% [markdown]
# A beginning: what the factors are, and the direction of one of them in one layer, as your first function finds it.

# %%
sealed = mystery.model
print(*(f"{name} 0 to {values.max()}" for name, values in sealed.factors.items()), sep=", ")
way = direction(sealed.layers["A"], sealed.factors["plural"] == 1)  # (unit,)
print("plural, in the units of layer A:", *way.round(1))

# %%
mystery.score(privileged=..., monosemantic=..., rotated=..., circle=...)

# %% [markdown]
# ## Take-away
#
# - Many features are directions. A difference of means finds them; other text, random directions and shuffled labels
#   say whether it did.
# - What can be read need not be used. Add the direction and see.
# - Units matter only where a nonlinearity singles them out. A polysemantic unit may be a turned basis, or superposition.
# - Eight strongest examples are next to no evidence. Look at weak and random ones, and at random directions.
# - A feature may be a circle. Then turn it.
#
# The pattern to reuse on a model of your own:
#
# ```python
# from interp_widgets.analysis.directions import along, difference_of_means
#
# way = difference_of_means(train, train_labels)       # (example, width), (example,)
# roc_auc_score(test_labels, along(test, way))         # on other text ...
# roc_auc_score(test_labels, along(test, random_way))  # ... beside a random direction
# view = iw.FeatureView(iw.feature_dashboard(model, way[None], texts, hook=hook))
# view                                                 # strong, weak and random ones
# ```
#
# **To read.** Elhage et al. 2022, *Toy Models of Superposition*; Bolukbasi et al. 2021, *An Interpretability Illusion
# for BERT*; Park et al. 2023, *The Linear Representation Hypothesis*; Engels et al. 2024, *Not All Language Model Features
# Are Linear*; section 3 of Bereska and Gavves 2024. [02b](02b_more_on_features.ipynb) goes on from here, for those who want
# more.
