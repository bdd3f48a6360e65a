"""Write hand-induction anew from its construction: nothing is trained, it takes a second."""

from pathlib import Path

from interp_widgets import data
from interp_widgets.worlds.hand_induction import CIRCUIT, hand_induction

if __name__ == "__main__":
    hand_induction().save(Path(__file__).resolve().parent, CIRCUIT)
    data.record("models/hand-induction", licence="MIT")
