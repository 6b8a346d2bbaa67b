"""Template in, facts out: resolved values, dependency graph, monthly cost, picture.

Pure, like the generator: every fact is computed from the committed template and its parameters.
"""
