"""Phone calls at the desk: logged in seconds, matched with people, verified before anything is read out."""
