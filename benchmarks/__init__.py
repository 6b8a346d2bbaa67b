"""How fast we are, beside other tools, in one run: `python -m benchmarks` makes `docs/benchmarks.md` again."""
