"""Every promise of the project, checked."""
