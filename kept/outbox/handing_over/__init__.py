"""What is handed to a recipient: noted, carried, corrected afterwards."""
