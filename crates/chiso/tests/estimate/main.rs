//! `chiso estimate`, the program itself: specification and answers in, the figures of R's `survey`
//! out; bad input gives one message and no file.

mod bad_input;
mod calibrated;
mod files;
mod linearised;
mod replicated;
mod support;
mod unequal;
