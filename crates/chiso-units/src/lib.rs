//! chiso-units
