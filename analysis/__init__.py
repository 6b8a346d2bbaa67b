"""Template in, facts out: resolved values, dependency graph, rights, monthly cost, picture, review page.

Pure, like the generator: every fact is computed from the committed template and its parameters.
"""
