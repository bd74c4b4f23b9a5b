"""Speed, as ratios within one run; what recipes promise, over many pictures."""
