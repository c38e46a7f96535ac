"""What somebody means to order."""
