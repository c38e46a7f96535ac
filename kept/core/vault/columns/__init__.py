"""What a sealed column is: its model, field, query sets, index, and what a value is inside."""
