"""What all recipes share: their form, and their steps as those of a job."""
