//! Intervals for proportions.
