"""The processes under the roof of kept run."""
