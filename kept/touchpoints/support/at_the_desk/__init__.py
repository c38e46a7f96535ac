"""The staff's side of a case: queues, the page of one case, answers, notes, and texts that are ready."""
