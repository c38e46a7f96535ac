"""A value is wrong: the person changes it, or asks for it with a reason, and whoever was told is told again."""
