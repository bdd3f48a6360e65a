"""Train induction-1l anew with two seeds, and write what ships. Nothing else is needed."""

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
        "induction-1l",
        {f"seed-{seed}": recipe(layers=1, seed=seed) for seed in SEEDS},
        measure,
        summary,
        checkpoints=CHECKPOINTS,
        every=EVERY,
    )
    fill_in("induction-1l", FIGURES, goals={"ratio": "> 0.8"})
