"""Other tools that make the same stack, run beside ours: they import nothing of ours."""
