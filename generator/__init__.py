"""Config in, CloudFormation templates out.

Pure: no AWS call, no clock, no environment, no randomness; only `__main__` touches the disk.
Start reading at `stacks.py`, the table of contents of `templates/`.
"""
