//! chiso-explain
