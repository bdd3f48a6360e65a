"""Compile the model anew from its program: nothing is trained, it takes a second."""

from pathlib import Path

from interp_widgets import data
from interp_widgets.worlds.compiled import PROGRAMS
from interp_widgets.worlds.compiler import compile_program

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    weights, circuit = compile_program(PROGRAMS[HERE.name]())
    weights.save(HERE, circuit)
    data.record(f"models/{HERE.name}", licence="MIT")
