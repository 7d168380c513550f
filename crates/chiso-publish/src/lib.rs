//! chiso-publish
