"""What changes between two policies, and whether words and tables agree."""
