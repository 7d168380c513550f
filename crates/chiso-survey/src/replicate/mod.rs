//! Replicate weights: how each method makes them and what their spread says.
