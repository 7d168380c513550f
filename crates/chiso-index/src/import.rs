//! A publisher's own table into observations.
