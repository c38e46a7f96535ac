"""What is due is destroyed: a person, a row, a value, and what lies outside."""
