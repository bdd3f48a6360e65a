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
# | Time | 20 minutes |
# | Difficulty | 1 of 5 |
# | You need | a little Python; no machine learning |
# | It uses | no network and no GPU |
#
# Run each cell with **Shift + Enter**, from the top. Nothing here can break: you work on your own
# copy.

# %%
import interp_widgets as iw
from interp_widgets.course import environment

environment.check()

# %% [markdown]
# ## You will be able to
#
# - load a trained language model and run it on a sentence of yours;
# - read an attention pattern: which token looks at which, in which layer and head;
# - find an **induction head**, and say how its pattern differs from that of other heads;
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
prompt = "When Mary and John went to the store, John gave a drink to"
next_token = model(prompt)[0, -1].softmax(-1)
for chance, token in zip(*next_token.topk(5), strict=True):
    print(f"{chance:6.1%}  {model.tokenizer.decode(token)}")

# %% [markdown]
# The model has never seen this sentence with these two names, and still knows who gets the drink.
# It must have looked at the names. Let us see where.
#
# ## Look at attention
#
# A model reads a text as **tokens**, here mostly whole words. In every layer, each **head** lets every
# token take in something from tokens before it. How much it takes from where is the head's
# **attention pattern**: one row for each token that looks (the *query*), one column for each token
# that is looked at (the *key*). Each row adds up to 1.
#
# Below, the small squares are all 16 heads; the big one is the head you choose. Then come the words.
#
# - **Point at a word** to see which words it looks at. Click to keep it.
# - **Click a small square** to enlarge that head. The arrow keys move too, Enter keeps, Esc lets go.
# - **Type another sentence**, or press one of the buttons. Words that the model has never seen are
#   marked: it can read them, letter by letter, but it has nothing to say about them.

# %%
from interp_widgets.worlds.tiny_world import PROMPTS, World

world = World.shipped()
sentences = iw.AttentionView(iw.trace(model, prompt), title="tiny-world reads your sentence")
iw.PromptBox(
    lambda text: iw.trace(model, text),
    sentences,
    examples=PROMPTS,
    unknown_words=world.unknown_words,
)

# %% [markdown]
# **What you should see.** Many heads have a bright first column: a head that finds nothing to do puts
# its attention on the first token, `<bos>`. Some have a bright line just below the diagonal: they look
# at the token before. In the last row of the sentence about Mary and John, some heads of the later
# layers look at the names.
#
# **A common mistake** is to read a bright square as an explanation. Attention says where a head looks.
# It does not say what the head takes from there, or whether the model uses it. Later notebooks test
# that by changing things inside the model.

# %% [markdown]
# ## How the course works
#
# - You work on a copy in the folder `work`. An update of the course never overwrites it.
# - A cell that checks an answer says *not started* until you have given one, so **Run All** never
#   stops.
# - Names that you choose begin with `my_`.
# - Some answers are code. Others, like the next one, are something you select in a picture.
# - Every claim comes with a number, and with a control that could have shown it wrong.

# %% [markdown]
# ## First task: find the induction head
#
# Here the model reads a list of words and then begins to read the same list again. After the first
# few words it knows what comes next, although the list is random. Something in it must be
# copying.
#
# The copying is done by an **induction head**. At the second `river` it looks back, not at the first
# `river` but at the token that came *after* it, and so it knows that `coin` comes next.
#
# **Predict first.** A head can look at "the token after an earlier copy of me" only if that token has
# already been told what came before it. Which layer can therefore *not* hold the induction head?
# Write down your guess.

# %%
from interp_widgets.analysis.attention import attention_pattern, induction_score

words = "river coin Paris lamp doctor horse Monday castle"
pattern = attention_pattern(iw.trace(model, f"List: {words}; {words}."))
repeated = iw.AttentionView(pattern, title="The same list twice")
repeated

# %% [markdown]
# Click the thumbnail of the head you take for the induction head, then run the next cell. Try as often
# as you like.
#
# <details><summary>Hint 1</summary>
#
# Point at a word in the second half of the list. In which head does it look at a word of the first
# half?
#
# </details>
# <details><summary>Hint 2</summary>
#
# In the second half, an induction head has a bright diagonal stripe far below the main diagonal. Its
# cells say: the word I look at is the one that followed me last time.
#
# </details>

# %%
from interp_widgets.course.lessons import start_here

my_head = repeated.selection.value
start_here.check_induction_head(my_head, pattern)

# %% [markdown]
# ## All heads at once, and a control
#
# The **induction score** of a head is the share of its attention that goes from a repeated token to
# the token that came after the earlier copy. Below it is measured for every head.
#
# Could a network show such a stripe without having learned to copy? The control is the same network
# early in its training, on the same list.

# %%
early = iw.load_model("tiny-world", revision="step-800")
early_pattern = attention_pattern(iw.trace(early, f"List: {words}; {words}."))
my_scores = {"trained": induction_score(pattern), "early": induction_score(early_pattern)}
for name, score in my_scores.items():
    print(f"{name:8} best head {score.max():.2f}   mean over heads {score.mean():.2f}")

# %% [markdown]
# **What you should see.** After training at least one head scores above 0.4, and none of them is in
# layer 0: the first layer has nothing from before to read. Early in training no head comes near
# that. The stripe is something the network learned.

# %%
import plotly.graph_objects as go

from interp_widgets import theme

figure = go.Figure(layout={"template": theme.plotly_template(), "width": 680, "height": 320})
layers, heads = zip(*((f"layer {i // 4}", f"{i % 4}") for i in range(16)), strict=True)
for name, score in my_scores.items():
    figure.add_bar(x=[layers, heads], y=score.ravel(), name=name)
figure.update_xaxes(title="head")
figure.update_yaxes(title="induction score", range=[0, 1])

# %% [markdown]
# ## Take-away
#
# - A model of language is made of layers; a layer has heads; a head's attention pattern says which
#   token looks at which.
# - An induction head looks at what came after the earlier copy of the present token. It needs an
#   earlier layer's help.
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
# **To read.** Elhage et al. 2021, *A Mathematical Framework for Transformer Circuits*; Olsson et al.
# 2022, *In-context Learning and Induction Heads*; Bereska and Gavves 2024, *Mechanistic Interpretability
# for AI Safety: A Review*, which this course follows.
