"""The tree over the acts: hashes, tiles, chains of parts, and proofs."""
