"""Train induction-2l anew with two seeds, and write what ships. Nothing else is needed."""

from interp_widgets.worlds.recipes import fill_in, ship
from interp_widgets.worlds.repeats import (
    CHECKPOINTS,
    EVERY,
    FIGURES,
    SEEDS,
    measure,
    recipe,
    summary,
)

if __name__ == "__main__":
    ship(
        "induction-2l",
        {f"seed-{seed}": recipe(layers=2, seed=seed) for seed in SEEDS},
        measure,
        summary,
        checkpoints=CHECKPOINTS,
        every=EVERY,
    )
    fill_in("induction-2l", FIGURES, goals={"ratio": "<= 0.2"})
