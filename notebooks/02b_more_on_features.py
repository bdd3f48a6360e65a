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
# # 02b · More on features
#
# **Which features would any network find, and which pictures of them deceive you?**
#
# | | |
# | --- | --- |
# | Time | 80 minutes; every section stands by itself |
# | Difficulty | 3 of 5 |
# | You need | [02 Features](02_features.ipynb); a little PyTorch |
# | It uses | 1.1 GB of memory, about 40 seconds on two cores; no network and no GPU |

# %%
import numpy as np
import plotly.express as px
import torch
from sklearn.linear_model import LogisticRegression
from torch.nn.functional import cross_entropy

import interp_widgets as iw
from interp_widgets import theme
from interp_widgets.course import environment

environment.check()
lesson = iw.lesson("02b_more_on_features")
look = {"template": theme.plotly_template()}

# %% [markdown]
# ## You will be able to
#
# - test whether networks that differ find the same feature (check `readable`);
# - try another basis before you call a feature non-linear (check `whose`);
# - measure whether a code is one feature or two (check `shared-bits`);
# - show a feature that no person would name (check `nudged`);
# - make a picture for a unit, and show that such a picture can be faked (check `unseen`);
# - tell a hierarchy of words from a geometry that any words have (check `whitened`).
#
# ## The idea in one picture
#
# Three codes of two numbers each. Every point is an example. Which of them hold two features, and which only one?

# %% tags=["three-codes"]
from interp_widgets.course.lessons import _more_codes as plane

codes = plane.codes(seed=0)
shown = np.concatenate([points[:400] for points in codes.values()])
figure = px.scatter(
    x=shown[:, 0], y=shown[:, 1], facet_col=np.repeat([*codes], 400), render_mode="svg", **look
)
figure.for_each_annotation(lambda title: title.update(text=title.text.removeprefix("facet_col=")))
figure.update_xaxes(title="").update_yaxes(title="", scaleanchor="x").update_layout(height=320)

# %% [markdown]
# On the left are two features that have nothing to do with each other, turned by some angle. In the middle there are two, but never
# at the same time. On the right it is one: an angle, like the day of the week in notebook 02. Section 3 measures it.
#
# **The misconception to expect:** that a feature is whatever a label of ours can be read from. A label can be readable and useless,
# or useful and hidden by the way we ask; and networks use things for which we have no word.
#
# ## 1 · Would another network find it too?
#
# A feature that only one network has is a curiosity. The hope is that some are **natural**: whoever has to cope with the same
# world finds them. So we make a world. A text of our small language sets a *topic* now and then, and an
# *accent*, one of three each. When the symbol `9` comes, the next symbol names the topic that was set last. The accent changes nothing, ever.
#
# Ten networks learn to continue such texts: five that read symbol by symbol (recurrent), five with attention, each from
# its own random start. Ten others are left untrained. At each `9`, can one read the topic and the accent from the network's state?
#
# **First task.** Fill in the blank: a linear [probe](glossary.md#probe) is fitted to one half of the examples. By what should it be judged?
# (5 minutes, difficulty 1 of 5.)


# %%
def my_readable(states, labels):
    """Return an accuracy from 0 to 1; states are (example, width), labels (example,)."""
    half = len(labels) // 2
    probe = LogisticRegression(max_iter=1000).fit(states[:half], labels[:half])
    return ...


# %%
readable = lesson.check("readable", my_readable)

# %%
lesson.predict("accent")

# %% tags=["natural"]
from interp_widgets.course.lessons import _more_topics as language

given = language.texts(400, seed=99)
asked = given.symbols == language.ASK
for kind in language.KINDS:
    for trained in (True, False):
        found = language.networks(kind, seed=0, trained=trained)
        for label in ("topic", "accent"):
            truth = getattr(given, label)[asked]
            scores = [readable(states[asked], truth) for states in found.states(given.symbols)]
            name = f"{kind}, {'trained' if trained else 'untrained'}"
            print(f"{name:21} {label:7}", *(f"{score:.2f}" for score in scores))

# %%
lesson.reveal("accent")

# %% [markdown]
# **What you should see.** The topic can be read in all ten trained networks, in both kinds, with an accuracy of 0.98 or more. The accent, set in the same way and just as
# often, falls to guessing (0.33) in those with attention, and below 0.5 in the others. In the untrained networks it stood
# *higher*, up to 0.72. Training does not only build features. It lets go of what has no use.
#
# So what is natural here is not a label of ours, but what the world rewards.
#
# ## 2 · In which basis do you ask?
#
# Two players put stones on a row of six fields. A stone may go on any field where the mover has none yet; it replaces what is there and
# turns the stones beside it to the mover's colour. A network reads the moves and learns one thing: where the *next* stone may go.
# Does it know the board? **Predict first.**

# %%
lesson.predict("colours")

# %% tags=["othello"]
from sklearn.neural_network import MLPClassifier

from interp_widgets.course.lessons import _more_game as game

player, played = game.player(seed=0), game.games(1000, seed=99)
print(f"right about where the next stone may go: {player.right(played):.1%}")
held = player.states(played)[:, 3:].reshape(-1, 32)  # after the opening
colours = played.colours[:, 3:].reshape(-1, game.FIELDS)
half = len(held) // 2
for field in range(2):
    hidden = MLPClassifier(64, early_stopping=True, learning_rate_init=0.01, random_state=0)
    hidden.fit(held[:half], colours[:half, field])
    print(f"colour on field {field}: linear {readable(held, colours[:, field]):.2f}", end="   ")
    print(f"with 64 hidden units {hidden.score(held[half:], colours[half:, field]):.2f}")

# %%
lesson.reveal("colours")

# %% [markdown]
# It looks as if the board were there, but bent, so that no direction stands for a colour. That was the first finding
# about Othello, too (Li et al. 2023). Then somebody asked the question in another way (Nanda 2023).
#
# **Second task.** The network does not care for black and white. It cares for whose stones they are. Say so.
# (5 minutes, difficulty 2 of 5.)


# %%
def my_whose(colours, to_move):
    """Return 1 for a stone of the player to move, -1 for one of the other player, 0 for none.

    colours (game, move, field): 1 black, -1 white, 0 empty. to_move (move,): 1 black, -1 white.
    """
    ...  # your code


# %%
whose = lesson.check("whose", my_whose)

# %% tags=["mine-and-theirs"]
mine = whose(played.colours, played.to_move)[:, 3:].reshape(-1, game.FIELDS)
beginner = game.player(seed=0, trained=False).states(played)[:, 3:].reshape(-1, 32)
for name, states in (("trained", held), ("untrained", beginner)):
    for label, truth in (("black or white", colours), ("mine or theirs", mine)):
        scores = [readable(states, truth[:, field]) for field in range(game.FIELDS)]
        print(f"{name:9} {label}: linear, mean of six fields {np.mean(scores):.2f}")

# %% [markdown]
# **What you should see.** The same states, the same kind of probe: 0.65 for colours, 1.00 for mine and theirs. Nothing was bent. The network
# keeps the board from the side of whoever is to move, and our labels asked for something else. Before you say *non-linear*, **change
# the question**.
#
# Below, one game. Each word is a move, `3` is field 3. The colours are what the linear probe reads about field 0: +1 for *mine* (of the player to
# move), -1 for *theirs*, 0 for empty. Choose other fields. Once there is a stone, why does the colour flip at nearly every move, and what has
# happened where it does not?

# %% tags=["one-game"]
held_mine = np.stack(
    [
        LogisticRegression(max_iter=1000)
        .fit(held[:half], mine[:half, field])
        .predict_proba(player.states(played)[-1])  # (move, theirs or empty or mine)
        for field in range(game.FIELDS)
    ],
    axis=1,
)
iw.TokenView(
    [f" {field}" for field in played.moves[-1]], held_mine[..., 2] - held_mine[..., 0],
    channels=[f"field {field}" for field in range(game.FIELDS)], title="Mine or theirs?",
)  # fmt: skip

# %% [markdown]
# ## 3 · One feature or two?
#
# Back to the three codes. Two numbers are two features if some turn of the axes leaves them with nothing to say
# about each other. What they say is measured in bits: put the examples into boxes, 12 times 12, and compare how often each box
# occurs, $p_{ij}$, with how often it would if rows and columns were independent, $p_i\,p_j$:
#
# $$\sum_{ij} p_{ij} \log_2 \frac{p_{ij}}{p_i\,p_j}$$
#
# **Third task.** Write it; an empty box adds nothing. (9 minutes, difficulty 3 of 5.)
#
# The cell after it prints a second number: how many of the examples lie near one straight line, the best there is. It is
# high where of two features only one is there at a time.


# %%
def my_shared_bits(counts):
    """Return the bits that rows and columns share; counts is (box, box)."""
    ...  # your code


# %%
shared_bits = lesson.check("shared-bits", my_shared_bits)

# %% tags=["irreducible"]
for name, points in codes.items():
    bits = [shared_bits(plane.table(plane.turned(points, turn))) for turn in plane.TURNS]
    line = plane.share_on_a_line(points)
    print(f"{name:14} at the best turn {min(bits):.2f} bits;   near one line {line:4.0%}")

# %% [markdown]
# **What you should see.** The two features come apart at some turn: 0.02 bits. The code in the middle never does, but two lines hold nearly all of
# it, 42 % one of them, so it is a *mixture* of two features. The circle fails both tests: 1.5 bits at its best, and 15 % on a
# line. It is [irreducible](glossary.md#irreducible): one feature of two dimensions. (Engels et al. 2024 use two such numbers to find circles in language models.)
#
# ## 4 · A feature that nobody would name
#
# `vision-shapes` tells eight kinds of shapes apart. Can it use something for which we have no word? We
# give every image a wrong kind, drawn at random. Then we change each pixel by at most 0.05, so that the network believes that wrong kind. You
# would hardly see it.
#
# **Fourth task.** Write one small step: every pixel moves by `size`, in whichever direction makes the targets likelier.
# The slope of the loss is there. (7 minutes, difficulty 2 of 5.)


# %%
def my_nudged(model, images, targets, size):
    """Return changed images, (image, channel, row, column) from 0 to 1; targets are (image,)."""
    images = images.clone().requires_grad_()
    loss = cross_entropy(model(images), targets)
    (slope,) = torch.autograd.grad(loss, images)
    return ...


# %%
nudged = lesson.check("nudged", my_nudged)

# %% tags=["alien-images"]
from interp_widgets.course.lessons import _more_shapes as vision
from interp_widgets.worlds.shapes import KINDS, shapes

sees = iw.load_model("vision-shapes")
drawn, fresh = shapes(2000, seed=11), shapes(1000, seed=12)
images, kinds = torch.from_numpy(drawn.images), torch.from_numpy(drawn.kind)
targets = vision.wrong_kinds(kinds, seed=0)
changed = images
for _ in range(5):
    parts = zip(changed.split(250), targets.split(250), strict=True)
    changed = torch.cat([nudged(sees, part, target, 0.01) for part, target in parts])
print(f"largest change of a pixel {(changed - images).abs().max():.3f}")
print(f"taken for the wrong kind: {vision.share_right(sees, changed, targets):.0%}")

# %%
above = ["as drawn"] * 5 + [f"taken for: {KINDS[kind]}" for kind in sees(changed[:5]).argmax(1)]
vision.tiles(torch.cat([images[:5], changed[:5]]), above, columns=5)

# %% [markdown]
# Now a *new* network learns from the changed images, and is told the wrong kinds only. For a person every label is false. **Predict first**: how
# well does it do on honest images?

# %%
lesson.predict("wrong-labels")

# %% tags=["alien"]
clean, real = torch.from_numpy(fresh.images), torch.from_numpy(fresh.kind)
noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(0)).sign()
for name, seen in (("changed images", changed), ("images with noise", images + 0.05 * noise)):
    pupil = vision.trained_on(seen, targets, seed=5)
    print(
        f"trained on {name:17} right about honest ones: {vision.share_right(pupil, clean, real):.0%}"
    )

# %%
lesson.reveal("wrong-labels")

# %% [markdown]
# **What you should see.** Half of the honest images are recognised by a network that was only ever lied to. (With other starts it was 38 to 60 %.) With noise of the same size instead of the
# changes, the control, it stays below guessing (12.5 %): all that it could learn is what an image is *not*. So those faint patterns are no errors of the first network. They are
# *features*: they go with the kinds, in real images too, and they are foreign to us. (Ilyas et al. 2019 did this with photographs.)
#
# ## 5 · Pictures made for a unit, and how to fake one
#
# What does a unit look for? One way to ask: begin with noise and climb its gradient. Below are pictures made for eight units of the first layer.

# %% tags=["made-pictures"]
hook = "hook_conv1"
active = vision.activations(sees, hook, clean).detach()
made = [vision.made_for(sees, hook, unit) for unit in range(8)]
titles = []
for unit, picture in enumerate(made):
    reached = vision.activations(sees, hook, picture[None])[0, unit].max().item()
    usual = active[:, unit].quantile(0.999).item()
    titles.append(f"unit {unit}: {reached:.1f} ({usual:.1f})")
vision.tiles(torch.stack(made), titles, columns=4)

# %% [markdown]
# **What you should see.** Stripes, edges and plain colours, and every picture excites its unit more than 999 of 1,000 places in real images do
# (the number in brackets). That is the trouble too: pictures like these do not occur. A unit may do anything there.
#
# **Fifth task.** Fake one. Find a pattern that real images do *not* contain: the direction along which their patches of 7 times 7
# pixels differ least. (8 minutes, difficulty 3 of 5.)


# %%
def my_unseen(patches):
    """Return a direction (number,) of length 1; patches are (patch, number)."""
    ...  # your code


# %%
unseen = lesson.check("unseen", my_unseen)

# %% tags=["faked-picture"]
pattern = unseen(vision.patches(images[:100]))
fake = vision.with_pattern(sees, unit=4, pattern=pattern, size=3)
pictures = torch.stack([made[4], vision.made_for(fake, hook, 4)])
alike = np.corrcoef(pictures.flatten(1).numpy())[0, 1]
print(f"the two pictures of unit 4 correlate by {alike:.2f}")
for name, one in (("as it was", sees), ("with the pattern", fake)):
    print(f"{name:17} right about kinds: {vision.share_right(one, clean, real):.1%}")
vision.tiles(pictures, ["unit 4 as it was", "with the pattern"], columns=4)

# %% [markdown]
# **What you should see.** The picture of unit 4 is another one, and the network tells kinds apart just as well: real images hardly
# reach the part that was added. A picture shows what *could* excite a unit, not what does. The cure is the one of notebook 02: look at
# real examples, weak ones too.
#
# ## 6 · Neither units nor directions: pieces
#
# A network of ReLUs is cut into pieces. As long as no unit switches on or off, it is exactly linear; where one switches, the next
# piece begins. One may take these [polytopes](glossary.md#polytope) as what the network is made of (Black et al. 2022). Then a direction has a
# meaning only inside a piece. Are there more borders between images of different kinds than between two of the same?
#
# We go along the straight line between two images of the same colour, and count how often a unit of the last layer switches, for each unit of
# distance.

# %% tags=["polytopes"]
couples = {True: [], False: []}  # of one kind, and of two
for one, two in np.random.default_rng(5).integers(1000, size=(12_000, 2)):
    if one != two and fresh.colour[one] == fresh.colour[two]:
        couples[fresh.kind[one] == fresh.kind[two]].append((one, two))
for name, network in (("trained", sees), ("untrained", vision.untrained(0))):
    for same, found in couples.items():
        rates = [vision.switches(network, clean[one], clean[two]) for one, two in found[:250]]
        group = "of one kind " if same else "of two kinds"
        print(f"{name:9} {group} {np.mean(rates):5.1f} switches, ± {np.std(rates) / 250**0.5:.1f}")

# %% [markdown]
# **What you should see.** Between two kinds the trained network switches a sixth more often than within one (46 to 39). In the untrained network there is next to no
# difference, so it is not that images of two kinds are simply less alike. In a second network (not shown) it is only a
# tenth. Take it as a hint, not as a law.
#
# ## 7 · Families of words
#
# *Key* and *keys*, *glad* and *sad*: do the directions of words form a tree? The claim (Park et al. 2024): the direction of a family
# (things) is at a right angle to the difference between one of its groups (singular things) and the family. It is
# made for *white* vectors, in which no direction is longer than any other.
#
# **Sixth task.** Write the [whitening](glossary.md#whitening). (8 minutes, difficulty 3 of 5.)


# %%
def my_whitened(vectors):
    """Return vectors (vector, width), moved linearly to mean 0 and covariance 1."""
    ...  # your code


# %%
whitened = lesson.check("whitened", my_whitened)

# %% tags=["families"]
from interp_widgets.course.lessons import _more_words as words

model = iw.load_model("tiny-world")
white = whitened(model.W_U.detach().double().numpy().T)  # (token, width): what reads tokens out
means = words.group_means(white, words.group_ids(model))
for family, groups in words.FAMILIES.items():
    parent = np.mean([means[group] for group in groups], axis=0)
    cosines = {group: words.cosine(parent, means[group] - parent) for group in means}
    own = np.mean([abs(cosines.pop(group)) for group in groups])
    print(f"{family:7} its own groups {own:.2f}", end="   ")
    print(f"groups of other families {np.mean([*cosines.values()]):+.2f}")

# %% [markdown]
# The claim holds: near 0 for the groups of a family (0.14 on average), and far from it, -0.58, for groups of others, the control. A
# hierarchy, then? **Predict first.**

# %%
lesson.predict("made-up-families")

# %% tags=["made-up-families"]
from itertools import combinations

real_pairs = [*words.FAMILIES.values()]
made_up = [two for two in combinations(means, 2) if two not in real_pairs]
for name, families in (("real families", real_pairs), ("made-up families", made_up)):
    off, shared = [], []
    for one, two in ((means[a], means[b]) for a, b in families):
        off.append(abs(words.cosine(one + two, one - two)))
        shared.append(words.cosine(one, two))
    largest = "  ".join(f"{cosine:.2f}" for cosine in sorted(shared, reverse=True)[:4])
    print(f"{name:16} off a right angle by {np.mean(off):.2f};  groups share at most {largest}")

# %%
lesson.reveal("made-up-families")

# %% [markdown]
# **What you should see.** Families that we made up pass as well as real ones. The right angle follows from the lengths alone: $(a + b) \cdot (a - b) =
# \lVert a \rVert^2 - \lVert b \rVert^2$. What does tell them apart is whether the two groups share a direction: things (0.13)
# and moods (0.22) do, more than any made-up pair (at most 0.10). People and places do not: for this model first names and surnames are no family.
#
# ## Quiz

# %%
lesson.quiz("quiz")

# %%
lesson.reveal()
lesson.progress()

# %% [markdown]
# ## Take-away
#
# - What different networks find alike is what their world rewards; what has no use fades.
# - A feature that looks bent may be straight in another basis. Change the labels first.
# - Irreducible features exist: no turn takes them apart, and no choice.
# - Networks use features for which we have no name, and real images contain them.
# - A picture made for a unit shows what could excite it, and can be faked.
# - A claim about geometry needs a control with made-up groups.
#
# The pattern to reuse, on activations and labels of your own:
#
# ```python
# half = len(labels) // 2
# probe = LogisticRegression(max_iter=1000).fit(states[:half], labels[:half])
# probe.score(states[half:], labels[half:])      # beside: an untrained network,
#                                                # a label without use, another basis
# centred = vectors - vectors.mean(0)
# left, sizes, right = np.linalg.svd(centred, full_matrices=False)
# white = left @ right * len(vectors) ** 0.5     # beside: groups that are no family
# right[-1]                                      # what the data do not contain
# ```
#
# **To read.** Chan et al. 2023, *Natural Abstractions: Key Claims, Theorems, and Critiques*; Li et al. 2023, *Emergent World
# Representations*; Nanda 2023, *Actually, Othello-GPT Has A Linear Emergent World Representation*; Engels et al. 2024, *Not All
# Language Model Features Are Linear*; Ilyas et al. 2019, *Adversarial Examples Are Not Bugs, They Are Features*; Olah et al. 2017, *Feature
# Visualization*; Nanfack et al. 2024, *Adversarial Attacks on the Interpretation of Neuron Activation Maximization*; Black et al. 2022,
# *Interpreting Neural Networks through the Polytope Lens*; Park et al. 2024, *The Geometry of Categorical and Hierarchical Concepts in
# Large Language Models*; section 3 of Bereska and Gavves 2024.
#
# The sealed model of notebook 02 is open to these tools too: `iw.mystery("02_features")`.
