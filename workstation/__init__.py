"""What a data scientist does with a workstation at run time."""
