"""The preflight's rules: each a small module with data and one function, found by its file's name (`p004_bucket.py`).

from deployment.rules.catalogue import rules    # every rule, in the order of its id
from deployment.rules.check import check        # all of them at once, over what AWS answers

A new rule is a new file here, a passing and a failing case in tests/deployment/rules/, and
`python -m deployment.rules.table` for its row in docs/guides/preflight.md.
"""
