"""Hostile clients beside a reference load, and an account of what the server made of them."""
