"""Servers under faults of the machine, and an account of what they acknowledged."""
