//! `chiso sample`: a frame and a plan in, a sample with its probabilities out; bad input gives one
//! message and no file.

mod bad_input;
mod drawing;
mod sizes;
mod support;
