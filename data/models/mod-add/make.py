"""Train mod-add anew, with two seeds and without weight decay, and write what ships."""

from interp_widgets.worlds.modular import CHECKPOINTS, EVERY, FIGURES, measure, recipe, summary
from interp_widgets.worlds.recipes import fill_in, ship

if __name__ == "__main__":
    ship(
        "mod-add",
        {
            "seed-0": recipe(seed=0),
            "seed-1": recipe(seed=1),
            "no-weight-decay": recipe(seed=0, weight_decay=0.0),
            "no-weight-decay-seed-1": recipe(seed=1, weight_decay=0.0),
        },
        measure,
        summary,
        checkpoints=CHECKPOINTS,
        every=EVERY,
    )
    fill_in("mod-add", FIGURES, goals={"gap": ">= 4", "six_frequencies": ">= 0.95"})
