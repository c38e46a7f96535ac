"""What is signed: checkpoints, keys and how they follow each other, witnesses."""
