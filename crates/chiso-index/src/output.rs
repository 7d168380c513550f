//! Scores as rows.
