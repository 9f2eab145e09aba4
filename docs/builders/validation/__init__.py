"""Results on real data beside the figures that others publish."""
