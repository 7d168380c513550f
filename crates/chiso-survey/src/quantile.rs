//! Quantiles of weighted data and their intervals.
