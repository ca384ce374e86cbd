"""The parts of bench_peers.py: the same events, the same questions, the same rows, asked of us and of others."""
import os
import sys

# Prices, events and the running of servers are those of the checks from outside.
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Tests", "Outside"))
