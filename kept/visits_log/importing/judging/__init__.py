"""What a line of a log is: whose, of what, when."""
