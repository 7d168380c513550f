//! chiso-index
