//! Tests of independence under a complex design.
