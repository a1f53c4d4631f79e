"""Retraining the stance classifiers on the annotations there are now."""
