"""The copy: made, packed, listed, and checked offline."""
