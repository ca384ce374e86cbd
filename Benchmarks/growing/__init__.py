"""The parts of growth.py: a store that grows, and what is promised of it."""
