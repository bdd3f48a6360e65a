"""Train induction-1l anew with two seeds, and write what ships. Nothing else is needed."""

from interp_widgets.worlds.repeats import remake

if __name__ == "__main__":
    remake(layers=1, goal="> 0.8")
