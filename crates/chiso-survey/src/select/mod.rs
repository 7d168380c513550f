//! Drawing the next sample: allocation, selection and its probabilities.
