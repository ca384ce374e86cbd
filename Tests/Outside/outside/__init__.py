"""A second computation of what Plimsoll says, written from its definitions and sharing no code with it."""
