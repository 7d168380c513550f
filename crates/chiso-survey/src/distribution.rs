//! Quantiles and tails of the distributions that intervals and tests use.
