"""Time asks: what is due to die, dies, by the policy's own clocks, and whatever was kept longer breaks a
promise in public.
"""
