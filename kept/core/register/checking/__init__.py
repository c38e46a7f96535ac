"""The two statements compared: what the company promises, and what the code and the database do."""
