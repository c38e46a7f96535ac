"""What guards the data: who looks after it and when, which certificates hold, and which rules were broken."""
