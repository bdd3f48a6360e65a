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
# # 00 · Start here
#
# **Which words does a language model look at while it reads, and can you find the part of it that
# copies?**
#
# | | |
# | --- | --- |
# | Time | 40 minutes |
# | Difficulty | 1 of 5 |
# | You need | a little Python; no machine learning |
# | It uses | 0.7 GB of memory; no network and no GPU |
#
# Run each cell with **Shift + Enter**, from the top. You work on your own copy, so nothing you do here
# harms the course. The first cell that loads a model takes about ten seconds.

# %%
import interp_widgets as iw
from interp_widgets.course import environment

environment.check()
lesson = iw.lesson("00_start_here")

# %% [markdown]
# ## You will be able to
#
# - load a trained language model and run it on a sentence of yours;
# - read an attention pattern: which token looks at which, in which layer and head;
# - turn "looks at the token before" into a number, and say which head does it most;
# - find **induction heads**, and say how their pattern differs from that of other heads;
# - show with a control that the pattern belongs to what the model has learned.

# %% [markdown]
# ## A model whose world is known
#
# `tiny-world` is a small language model of the same design as GPT-2: 4 layers with 4 attention heads
# each, about a million numbers in all. It was trained on sentences written by a program, about 160
# made-up people, their cities, jobs, gifts, moods and lists. Because a program wrote every sentence,
# we know what there is to learn.
#
# Keep one thing in mind: results on this model show whether a *method* works where the truth is
# known. They say nothing about large models.

# %%
model = iw.load_model("tiny-world")
prompt = "When Mary and John went to the store, John gave a drink to"  # change it, run again
logits = model(prompt)[0, -1]  # one number for each token that could come next
for chance, token in zip(*logits.softmax(-1).topk(5), strict=True):
    print(f"{chance:6.1%}  {model.tokenizer.decode(token)}")

# %% [markdown]
# The model knows who gets the drink: not John, who gives it, but Mary. It must have looked at the
# names. Let us see where.
#
# ## Look at attention
#
# A model reads a text as **tokens**, here mostly whole words. On the page `·` stands for the space
# before a word, and `<bos>` is a token that marks where a text begins and ends. In every layer, each
# **head** lets every token take in something from tokens before it. How much it takes from where is
# the head's **attention pattern**: one row for each token that looks (the *query*), one column for
# each token that is looked at (the *key*). Each row adds up to 1.
#
# Below, the small squares are all 16 heads; the big one is the head you choose. The stronger the
# colour, the more attention. Then come the words.
#
# - **Point at a word** to see which words it looks at. Click to keep it.
# - **Click a small square** to enlarge that head. The arrow keys move too, Enter keeps, Esc lets go.
# - **Type another sentence**, or press one of the buttons. Words that the model has never seen are
#   named: it can read them, in pieces of a few letters, but it has nothing to say about them.
#
# Under the attention stand two more views of the same run, and the token you click in one is marked in
# the others: the **logit lens**, what the model would say next if it stopped after each of its layers,
# and its **loss**, how little it expected each token. **Continue** lets the model write on.

# %%
from interp_widgets.worlds.tiny_world import PROMPTS, World

world = World.shipped()
workbench = iw.Workbench(model, prompt, examples=PROMPTS, unknown_words=world.unknown_words)
workbench

# %% [markdown]
# **What you should see.** Many heads have a strong first column: a head that finds nothing to do puts
# its attention on the first token, `<bos>`, an *attention sink*. One, head 3 of layer 0, has a strong line just below the
# diagonal: it looks at the token before. In the last row of the sentence about Mary and John, heads of
# the later layers look at the names: head 2 of layer 3 at Mary.
#
# Click the last word and follow it down to the lens. Its column there begins with its *embedding*, the
# word itself. Stopped after layer 1 the model would say some name, after layer 2 `·John` before `·Mary`, and only
# its output says `·Mary`: layer 3 decides between the two. In the loss, the words that nobody could
# have foreseen stand out: how the sentence begins, the names, the place, the gift. (The loss of a word
# is about the guess made at the word before it, one column to the left in the lens.
# It is counted in *nats*, like the *entropy* in the lens, which says how undecided a guess is.)
#
# Now write the same sentence with Mary as the giver into the box **Compare**. The attention then shows
# what differs: in one colour where a head looks more than in the second sentence, in another where
# less. Lens and loss show both sentences, the second below the first.
# The answer is now John. But head 2 of layer 3 shows next to no difference: it looks at Mary in both
# sentences, so that cannot be what decides between them.
#
# So **a common mistake** is to read a strong cell as an explanation. Attention says where a head looks.
# It does not say what the head takes from there, or whether the model uses it. Later notebooks test
# that by changing things inside the model.

# %% [markdown]
# ## How the course works
#
# - You work on a copy in the folder `work`. An update of the course never overwrites it.
# - A cell that checks an answer says *not started* until you have given one, so **Run All** never
#   stops. If the answer is not right yet, it says what came and what was expected, offers hints, and
#   goes on with an answer of its own.
# - If you restart the kernel, choose **Run > Run All Cells**: what was drawn before no longer follows.
# - Names that you choose begin with `my_`.
# - Some answers are code. Others are something you select in a picture.
# - Before some figures you are asked for a guess. Nobody sees it; comparing it with what comes is how
#   one learns to expect the right thing.
# - Every claim comes with a number, and with a control that could have shown it wrong.
#
# What you have passed is kept on this computer and nowhere else. New words are in the
# [glossary](glossary.md).

# %% [markdown]
# ## First task: a number for what a head does
#
# You saw that one head of layer 0 looks at the token before. *How much* does it do so? Take its square
# of weights: row `query`, column `key`. Average the weight that each token gives to the token just
# before it. The first token has none before it, so it does not count. (6 minutes, difficulty 2 of 5.)


# %%
def my_previous_token_score(weights):
    """Return one number from 0 to 1; weights[query, key] is one head's, a numpy array."""
    ...  # your code


# %%
previous_token_score = lesson.check("previous-token-score", my_previous_token_score)

# %% [markdown]
# Now every head gets its number, from your function if it is right, and from ours until then.

# %%
from interp_widgets.analysis.attention import attention_pattern, induction_score

weights = attention_pattern(iw.trace(model, prompt)).weights  # (layer, head, query, key)
for layer, heads in enumerate(weights):
    print(f"layer {layer}:", *(f"{previous_token_score(head):.2f}" for head in heads))

# %% [markdown]
# **What you should see.** One number far above the others, for head 3 of layer 0. A number for each
# head is what lets us look at many heads at once, and compare models. A head like this one is called a
# *previous-token head*.

# %% [markdown]
# ## Second task: find an induction head
#
# Here the model reads a list of words and then the same list again. The words are random, so the
# first time it can only guess. **Predict first:** how sure will it be the second time?

# %%
lesson.predict("second-time")

# %%
words = "river coin Paris lamp doctor horse Monday castle"
text = f"List: {words}; {words}."
tokens = model.to_tokens(text)[0]
right = model(text)[0, :-1].softmax(-1)[range(len(tokens) - 1), tokens[1:]]
print(f"chance given to the next word, first time:  {right[2:10].mean():6.1%}")
print(f"chance given to the next word, second time: {right[12:19].mean():6.1%}")

# %%
lesson.reveal("second-time")

# %% [markdown]
# The copying begins in **induction heads**. At the second `river`, such a head looks back, not at the
# first `river` but at the token that came *after* it, and so the model can say that `coin` comes next.
#
# **Predict first.** A head can look at "the token after an earlier copy of me" only if that token has
# already been told, in an earlier layer, what came before it. Which layer can therefore *not* hold an
# induction head?

# %%
lesson.predict("layer-without")

# %%
pattern = attention_pattern(iw.trace(model, text))
repeated = iw.AttentionView(pattern, title="The same list twice")
repeated

# %% [markdown]
# Click the small square of a head you take for an induction head, then run the next cell. There is more
# than one; try as often as you like. (5 minutes, difficulty 1 of 5.)

# %%
induction_head = lesson.check("induction-head", repeated.selection.value)

# %% [markdown]
# ## All heads at once, and a control
#
# The **induction score** of a head is the share of its attention that goes from a repeated token to
# the token that came after the earlier copy. Could a network show such a stripe without having
# learned to copy? The control is the same network early in its training, on the same list.
#
# (The attention view can sort heads by this score: that is what **Order heads by** does.)

# %%
early = iw.load_model("tiny-world", revision="step-800")
early_pattern = attention_pattern(iw.trace(early, text))
scores = {"trained": induction_score(pattern), "early": induction_score(early_pattern)}
for name, score in scores.items():
    print(f"{name:8} best head {score.max():.2f}   mean over heads {score.mean():.2f}")

# %%
import plotly.graph_objects as go

from interp_widgets import theme
from interp_widgets.course.lessons.start_here import INDUCTION_THRESHOLD

figure = go.Figure(layout={"template": theme.plotly_template(), "height": 340})
layers, heads = zip(*((f"layer {i // 4}", f"{i % 4}") for i in range(16)), strict=True)
for name, score in scores.items():
    figure.add_bar(x=[layers, heads], y=score.ravel(), name=name)
figure.add_hline(y=INDUCTION_THRESHOLD, line_dash="dot", line_width=1)
figure.update_layout(
    xaxis_title="head", margin_b=80, yaxis={"title": "induction score", "range": [0, 1]}
)

# %% [markdown]
# **What you should see.** The dotted line is what the check asks for. Several heads reach it, in layers
# 1 to 3, and none in layer 0: the first layer has nothing from before to read. Early in training no
# head comes near the line. The stripe is something the network learned. Was that your guess?

# %%
lesson.reveal("layer-without")

# %% [markdown]
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
# - A model of language is made of layers; a layer has heads; a head's attention pattern says which
#   token looks at which.
# - An induction head looks at what came after the earlier copy of the present token, which a head of
#   the first layer cannot do.
# - A pattern is a hypothesis. The control, the same score on a network that had not yet learned, is
#   what makes it a finding.
#
# The pattern to reuse on a model of your own:
#
# ```python
# model = iw.load_model("path/to/a/hugging-face-model")
# view = iw.AttentionView(iw.trace(model, "your text"))
# view                                # look
# view.selection.value                # what you clicked
# view.to_html("attention.html")      # one file that opens anywhere
# ```
#
# New words, one sentence each, in the [glossary](glossary.md): [token](glossary.md#token),
# [attention pattern](glossary.md#attention-pattern), [induction head](glossary.md#induction-head),
# [control](glossary.md#control).
#
# **To read.** Elhage et al. 2021, *A Mathematical Framework for Transformer Circuits*; Olsson et al.
# 2022, *In-context Learning and Induction Heads*; Bereska and Gavves 2024, *Mechanistic Interpretability
# for AI Safety: A Review*, which this course follows.

# %% [markdown]
# ## Before you go on: a self-test
#
# The notebooks after this one take some linear algebra and a little PyTorch for granted. Ten questions
# show where you stand. With seven or more right you will be fine. With fewer, take an hour for PyTorch's
# own *Learn the Basics* (tensors, autograd) and for matrices, dot products and rank in any introduction
# to linear algebra; the reasons beneath the questions say which one you need.

# %%
lesson.quiz("self-test")
