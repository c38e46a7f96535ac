"""Live proofs: registered, asked, kept, and those of the core itself."""
