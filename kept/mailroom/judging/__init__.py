"""What can be known of a mail before anybody has read it: whether its sender is proven, whether it is the
same as another, whether it is one of ours that came back.
"""
