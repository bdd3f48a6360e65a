"""Train induction-2l anew with two seeds, and write what ships. Nothing else is needed."""

from interp_widgets.worlds.repeats import remake

if __name__ == "__main__":
    remake(layers=2, goal="<= 0.2")
