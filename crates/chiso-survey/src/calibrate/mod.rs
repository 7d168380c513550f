//! Weights that meet known totals, and what that does to the variance.
