"""What a data scientist types: find the workstations, connect to them. One module for each verb (see `verbs.py`)."""
