"""The packet laboratory: a template's network built from the kernel's parts on this machine, and real packets in it."""
