//! chiso-store
